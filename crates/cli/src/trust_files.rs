//! `--trust FILE`s into a trust store, signed lists against their anchors, and
//! the keys of `--trust-key FILE`s, which the user vouches for.

use std::ffi::OsString;
use std::io;
use std::time::SystemTime;

use hcert::Timestamp;
use hcert::trust::{
    Anchor, DenyList, Environment, GatewayRoles, GdhcnAnchor, GdhcnError, ListFormat, LoadError,
    LoadReport, TrustState, TrustStore, TrustStoreBuilder, TrustedKey,
};

use crate::cli::complain;
use crate::list_files::{self, ListFile, is_of_keys};

type Error = Box<dyn std::error::Error>;

/// What the user says about whom to trust.
#[derive(Default)]
pub struct TrustOptions {
    /// What stands before a file on the command line: `--trust `, or nothing.
    pub option: &'static str,
    pub files: Vec<OsString>,
    /// Keys and certificates that the user vouches for in person.
    pub keys: Vec<OsString>,
    pub anchors: Vec<OsString>,
    pub environment: Option<Environment>,
    /// The names of the WHO's lists that are taken; none means any.
    pub lists: Vec<String>,
    /// `ESP` or `DCC:ESP`; none means all.
    pub participants: Vec<String>,
    pub deny: Vec<OsString>,
    pub state: Option<OsString>,
    /// Take no note of the latest time in the state.
    pub forget_time: bool,
    /// Don't look at the signatures of lists.
    pub unsigned: bool,
    /// What the user knows of certificates of the gateway.
    pub gateway: GatewayRoles,
}

impl TrustOptions {
    /// Takes the option of that name, without its hyphens, if it is one of
    /// these.
    pub fn take(&mut self, name: &str, parser: &mut lexopt::Parser) -> Result<bool, lexopt::Error> {
        use lexopt::ValueExt as _;
        match name {
            "trust" => self.files.push(parser.value()?),
            "trust-key" => self.keys.push(parser.value()?),
            "gateway-role" => {
                let text = parser.value()?.string()?;
                let roles = std::mem::take(&mut self.gateway);
                self.gateway = gateway_role(roles, &text).ok_or(
                    "--gateway-role is upload:SHA256 or csca:SHA256, the digest in hexadecimal",
                )?;
            }
            "anchor" => self.anchors.push(parser.value()?),
            "trust-env" => {
                let name = parser.value()?.string()?;
                let environment = Environment::from_name(&name);
                self.environment = Some(environment.ok_or("--trust-env is prod, uat or dev")?);
            }
            "list" => self.lists.push(parser.value()?.string()?),
            "participant" => self.participants.push(parser.value()?.string()?),
            "deny" => self.deny.push(parser.value()?),
            "state" => self.state = Some(parser.value()?),
            "forget-time" => self.forget_time = true,
            "dangerously-trust-unsigned" => self.unsigned = true,
            _ => return Ok(false),
        }
        Ok(true)
    }

    /// The keys of all files, with a word on stderr of what became of them;
    /// the entries' problems, too, unless it is to be quiet.
    pub fn store(
        &self,
        program: &str,
        quiet: bool,
        at: Option<Timestamp>,
    ) -> Result<TrustStore, Error> {
        // A time that the user names says nothing about the present.
        let now = at.is_none().then(|| SystemTime::now().into());
        let (store, report) = self.load(now, at.unwrap_or_else(|| SystemTime::now().into()))?;
        complain_unmatched(program, &report);
        if !self.are_given() {
            complain(
                program,
                "no trust list is given, so nothing can be found valid; name one with --trust \
                 FILE, or keys that you vouch for with --trust-key FILE",
            );
        } else if !quiet {
            for problem in &report.problems {
                complain(program, &problem.to_string());
            }
            let summary = format!(
                "trust: {} of {}; {} left out, {} given twice",
                counted(report.loaded, "key", "keys"),
                counted(report.total, "entry", "entries"),
                report.rejected,
                report.duplicates
            );
            complain(program, &summary);
        }
        if store.is_empty() && self.are_given() {
            complain(program, &self.no_key());
        }
        Ok(store)
    }

    /// Whether anybody is said to be trusted.
    pub fn are_given(&self) -> bool {
        !self.files.is_empty() || !self.keys.is_empty()
    }

    /// The keys of all files, for use at a time. A signed list without an
    /// anchor is an error that says what to pass. `now` goes into the state, if
    /// the caller knows it.
    pub fn load(
        &self,
        now: Option<Timestamp>,
        used_at: Timestamp,
    ) -> Result<(TrustStore, LoadReport), Error> {
        let anchors: Vec<Anchor> = self
            .anchors
            .iter()
            .map(|path| {
                let (label, bytes) = read("--anchor ", path)?;
                Anchor::from_bytes(&bytes).map_err(|e| format!("--anchor {label}: {e}").into())
            })
            .collect::<Result<_, Error>>()?;
        let files = self.files.iter().map(|path| {
            let (label, bytes) = read(self.option, path)?;
            Ok(ListFile::new(label, bytes).written(path, used_at))
        });
        let files = ListFile::paired(files.collect::<Result<_, Error>>()?);
        let mut state = self.read_state()?;
        if self.forget_time {
            state.forget_time();
        }
        let mut builder = TrustStore::builder()
            .with_state(&state)
            .with_gateway_roles(self.gateway.clone());
        // Of snapshots and unsigned lists, too.
        let environment = state.environment().or(self.environment);
        // A state that knows the network's lists pins them, too.
        let is_pinned = !anchors.is_empty() || environment.is_some();
        if let Some(environment) = environment {
            builder = builder.with_environment(environment);
        }
        for path in &self.deny {
            let (label, bytes) = read("--deny ", path)?;
            let list = DenyList::from_json(&bytes);
            builder.deny(list.map_err(|e| format!("--deny {label}: {e}"))?);
        }
        for path in &self.keys {
            let (label, bytes) = read("--trust-key ", path)?;
            add_keys(&mut builder, &label, &bytes)
                .map_err(|why| format!("--trust-key {label}: {why}"))?;
        }
        for file in &files {
            self.add(&mut builder, file, &anchors, is_pinned)
                .map_err(|why| {
                    let rollback = matches!(why.downcast_ref(), Some(LoadError::Rollback { .. }));
                    let hint = match rollback {
                        true => "; keep the list that you have, or fetch it again",
                        false => "",
                    };
                    format!("{}{}: {why}{hint}", self.option, file.label)
                })?;
        }
        let (store, mut report) = builder.build();
        let is_there = |name: &str| store.lists().iter().any(|l| l.identity() == Some(name));
        if let Some(absent) = self.lists.iter().find(|name| !is_there(name)) {
            return Err(format!("--list {absent}: none of the files is that list").into());
        }
        if let Some(now) = now {
            report.state.saw_time(now);
        }
        self.write_state(&report.state)?;
        let store = match self.participants.is_empty() {
            true => store,
            false => store.select(|key| self.selects(key)),
        };
        Ok((store, report))
    }

    fn add(
        &self,
        builder: &mut TrustStoreBuilder,
        file: &ListFile,
        anchors: &[Anchor],
        is_pinned: bool,
    ) -> Result<(), Error> {
        let (label, bytes) = (&file.label, &file.bytes);
        if let Some(why) = file.half().or_else(|| file.other()) {
            return Err(why.into());
        }
        if file.is_keys() {
            let why = "a key or certificate, and no list: whoever can replace the file decides \
                       who is trusted; if you vouch for it, say --trust-key FILE";
            return Err(why.into());
        }
        if self.unsigned && file.format.is_some() {
            let format = file.format.unwrap_or(ListFormat::Snapshot);
            builder.trust_unsigned_list(label, format, file.both())?;
            return Ok(());
        }
        // What is pinned holds for whatever stands in the file.
        if is_pinned && is_unsigned_list(file) {
            let why = "a list without a signature, where --anchor, --trust-env or --state says \
                       who signs; give the signed list, or say --dangerously-trust-unsigned";
            return Err(why.into());
        }
        match file.format {
            Some(ListFormat::Gdhcn) => {
                let environment = match self.environment {
                    Some(environment) => environment,
                    None if !anchors.is_empty() => return Err(OF_THE_NETWORK.into()),
                    // Production is meant where nothing is said: its signer
                    // is pinned, and no list for tests passes for it.
                    None => Environment::Prod,
                };
                return self.add_gdhcn(builder, file, &GdhcnAnchor::pinned(environment));
            }
            Some(format) if !is_unsigned_list(file) => {
                let hint = format.anchor_hint().unwrap_or_default();
                if anchors.is_empty() {
                    return Err(format!("a signed list; pass --anchor FILE: {hint}").into());
                }
                builder.add_signed_list(label, format, file.both(), anchors)
            }
            Some(format) => builder.trust_unsigned_list(label, format, file.both()),
            // Says why, where more can be said than that nothing is recognised.
            None => builder.add_bytes(label, bytes),
        }?;
        Ok(())
    }

    /// Of the names that are asked for, the list has to have one. Another name
    /// is seen before the signature is looked at.
    fn add_gdhcn(
        &self,
        builder: &mut TrustStoreBuilder,
        file: &ListFile,
        anchor: &GdhcnAnchor,
    ) -> Result<(), Error> {
        let named = self.lists.iter().map(|name| anchor.clone().for_list(name));
        let mut anchors: Vec<_> = named.collect();
        if anchors.is_empty() {
            anchors.push(anchor.clone());
        }
        let mut other = None;
        for anchor in &anchors {
            match builder.add_gdhcn(&file.label, &file.bytes, anchor) {
                Ok(_) => return Ok(()),
                Err(error @ LoadError::Gdhcn(GdhcnError::OtherList { .. })) => other = Some(error),
                Err(error) => return Err(error.into()),
            }
        }
        match other {
            Some(error) => Err(error.into()),
            None => Ok(()),
        }
    }

    /// What to say if there is no key.
    pub fn no_key(&self) -> String {
        let mut words = "the trust lists hold no usable key".to_owned();
        if !self.participants.is_empty() {
            let codes = self.participants.join(", ");
            words += &format!(" of --participant {codes} (codes are such as ESP or DCC:ESP)");
        }
        words
    }

    /// Keys of other sources have no participant, and stay.
    fn selects(&self, key: &TrustedKey) -> bool {
        let Some(listed) = key.gdhcn() else {
            return true;
        };
        self.participants
            .iter()
            .any(|wanted| match wanted.split_once(':') {
                Some((domain, code)) => domain == listed.domain() && code == listed.participant(),
                None => wanted == listed.participant(),
            })
    }

    pub fn read_state(&self) -> Result<TrustState, Error> {
        let Some(path) = &self.state else {
            return match self.forget_time {
                true => Err(lexopt::Error::from("--forget-time needs --state FILE").into()),
                false => Ok(TrustState::default()),
            };
        };
        match std::fs::File::open(path).and_then(list_files::limited) {
            Ok(bytes) => TrustState::from_json(&bytes).map_err(|e| {
                let path = path.to_string_lossy();
                let hint = "to start anew, which lets older lists in, remove the file";
                format!("--state {path}: {e}; {hint}").into()
            }),
            Err(e) if e.kind() == io::ErrorKind::NotFound => Ok(TrustState::default()),
            Err(e) => Err(format!("--state {}: {e}", path.to_string_lossy()).into()),
        }
    }

    /// In one step, so that a crash leaves the old state or the new one.
    pub fn write_state(&self, state: &TrustState) -> Result<(), Error> {
        let Some(path) = &self.state else {
            return Ok(());
        };
        let mut beside = path.clone();
        beside.push(".new");
        std::fs::write(&beside, state.to_json())
            .and_then(|()| std::fs::rename(&beside, path))
            .map_err(|e| format!("--state {}: {e}", path.to_string_lossy()).into())
    }
}

/// Says which entries of the deny list name no key: a typing error there denies
/// nothing.
pub fn complain_unmatched(program: &str, report: &LoadReport) {
    const SHOWN: usize = 10;
    let unmatched = &report.unmatched_denials;
    for denial in unmatched.iter().take(SHOWN) {
        let words = format!("--deny: names no key of the trust lists: {denial}");
        complain(program, &words);
    }
    if let Some(more @ 1..) = unmatched.len().checked_sub(SHOWN) {
        let words = format!("--deny: {more} further entries name no key of the trust lists");
        complain(program, &words);
    }
}

/// Keys of which the user says in person that they are to be trusted.
fn add_keys(builder: &mut TrustStoreBuilder, label: &str, bytes: &[u8]) -> Result<(), Error> {
    match ListFormat::detect(bytes) {
        Some(format) if is_of_keys(format) => builder.add_bytes(label, bytes)?,
        Some(ListFormat::JwkSet) => builder.add_jwk(label, bytes)?,
        Some(_) => {
            return Err("a list, and no key or certificate; give it with --trust FILE".into());
        }
        // Says why.
        None => match builder.add_bytes(label, bytes) {
            Err(error) => return Err(error.into()),
            Ok(_) => return Err(LoadError::Unrecognised.into()),
        },
    };
    Ok(())
}

/// Of a list of the WHO's network where an anchor alone is named.
pub const OF_THE_NETWORK: &str = "a list of the WHO's network, which --anchor did not sign; if you \
                                  mean it, say which environment: --trust-env prod, uat or dev";

/// `upload:SHA256`, `csca:SHA256`.
pub fn gateway_role(roles: GatewayRoles, text: &str) -> Option<GatewayRoles> {
    let (role, digits) = text.split_once(':')?;
    let digest = digits.parse().ok()?;
    match role {
        "upload" => Some(roles.with_upload(digest)),
        "csca" => Some(roles.with_csca(digest)),
        _ => None,
    }
}

/// Whether it is a list that anybody can have written, and so could stand in
/// for a signed one.
fn is_unsigned_list(file: &ListFile) -> bool {
    match file.format {
        None => false,
        Some(ListFormat::Snapshot) => !is_signed_snapshot(&file.bytes),
        Some(format) => format.anchor_hint().is_none(),
    }
}

/// A COSE_Sign1 by its tag; the unsigned form is an array.
fn is_signed_snapshot(bytes: &[u8]) -> bool {
    bytes.first() == Some(&0xd2)
}

fn read(option: &str, path: &OsString) -> Result<(String, Vec<u8>), Error> {
    let label = path.to_string_lossy().into_owned();
    let bytes = list_files::content(path).map_err(|e| format!("{option}{label}: {e}"))?;
    Ok((label, bytes))
}

/// `1 key`, `2 keys`.
pub fn counted(number: usize, one: &str, many: &str) -> String {
    format!("{number} {}", if number == 1 { one } else { many })
}
