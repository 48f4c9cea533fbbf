//! `--trust FILE`s into a trust store, signed lists against their anchors.

use std::ffi::OsString;
use std::io;
use std::time::SystemTime;

use hcert::Timestamp;
use hcert::trust::{
    Anchor, DenyList, Environment, GdhcnAnchor, GdhcnError, ListFormat, LoadError, LoadReport,
    TrustState, TrustStore, TrustStoreBuilder, TrustedKey,
};

use crate::cli::complain;
use crate::list_files::{self, ListFile};

type Error = Box<dyn std::error::Error>;

/// What the user says about whom to trust.
#[derive(Default)]
pub struct TrustOptions {
    /// What stands before a file on the command line: `--trust `, or nothing.
    pub option: &'static str,
    pub files: Vec<OsString>,
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
}

impl TrustOptions {
    /// Takes the option of that name, without its hyphens, if it is one of
    /// these.
    pub fn take(&mut self, name: &str, parser: &mut lexopt::Parser) -> Result<bool, lexopt::Error> {
        use lexopt::ValueExt as _;
        match name {
            "trust" => self.files.push(parser.value()?),
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
        let (store, report) = self.load(now)?;
        if self.files.is_empty() {
            complain(
                program,
                "no trust list is given, so nothing can be found valid; name one with --trust FILE",
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
        if store.is_empty() && !self.files.is_empty() {
            complain(program, &self.no_key());
        }
        Ok(store)
    }

    /// The keys of all files. A signed list without an anchor is an error that
    /// says what to pass. `now` goes into the state, if the caller knows it.
    pub fn load(&self, now: Option<Timestamp>) -> Result<(TrustStore, LoadReport), Error> {
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
            Ok(ListFile::new(label, bytes).written_at(list_files::modified(path)))
        });
        let files = ListFile::paired(files.collect::<Result<_, Error>>()?);
        let mut state = self.read_state()?;
        if self.forget_time {
            state.forget_time();
        }
        let mut builder = TrustStore::builder().with_state(&state);
        // Of snapshots and unsigned lists, too.
        if let Some(environment) = state.environment().or(self.environment) {
            builder = builder.with_environment(environment);
        }
        for path in &self.deny {
            let (label, bytes) = read("--deny ", path)?;
            let list = DenyList::from_json(&bytes);
            builder.deny(list.map_err(|e| format!("--deny {label}: {e}"))?);
        }
        for file in &files {
            self.add(&mut builder, file, &anchors).map_err(|why| {
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
    ) -> Result<(), Error> {
        let (label, bytes) = (&file.label, &file.bytes);
        if let Some(half) = file.half() {
            return Err(half.into());
        }
        let signer_named = !anchors.is_empty() || self.environment.is_some();
        if signer_named && !self.unsigned && is_unsigned_list(file) {
            let why = "a list without a signature, where --anchor or --trust-env says who \
                       signs; give the signed list, or say --dangerously-trust-unsigned";
            return Err(why.into());
        }
        match file.format {
            Some(format) if self.unsigned && format.anchor_hint().is_some() => {
                builder.trust_unsigned_list(label, format, file.both())
            }
            Some(ListFormat::Snapshot) if !is_signed_snapshot(bytes) => {
                builder.trust_unsigned_list(label, ListFormat::Snapshot, bytes)
            }
            Some(ListFormat::Gdhcn) => {
                // Production is meant where nothing is said: its signer is
                // pinned, and no list for tests passes for it.
                let environment = self.environment.unwrap_or(Environment::Prod);
                return self.add_gdhcn(builder, file, &GdhcnAnchor::pinned(environment));
            }
            Some(format) if format.anchor_hint().is_some() => {
                let hint = format.anchor_hint().unwrap_or_default();
                if anchors.is_empty() {
                    return Err(format!("a signed list; pass --anchor FILE: {hint}").into());
                }
                builder.add_signed_list(label, format, file.both(), anchors)
            }
            Some(
                format @ (ListFormat::Dutch
                | ListFormat::CwaProtobuf
                | ListFormat::KeysByKid
                | ListFormat::Polish),
            ) => builder.trust_unsigned_list(label, format, bytes),
            _ => builder.add_bytes(label, bytes),
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
        match std::fs::read(path) {
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

/// Whether it is a list that anybody can have written, and so could stand in
/// for a signed one. A certificate or key is what the user says in person.
fn is_unsigned_list(file: &ListFile) -> bool {
    match file.format {
        None
        | Some(
            ListFormat::CertificateDer
            | ListFormat::PublicKeyDer
            | ListFormat::Pem
            | ListFormat::Jwk,
        ) => false,
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
