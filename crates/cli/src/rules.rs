//! What a place asks for: `--rules FILE`s and `--recognition FILE`s, for the
//! place and time of `--country`, `--region` and `--arrival`.

use std::collections::BTreeSet;
use std::ffi::OsString;
use std::ops::Range;
use std::path::{Path, PathBuf};

use hcert::Timestamp;
use hcert::record::{Record, ValueSets};
use hcert::rules::{
    Acceptance, Arrival, IssuerFacts, OpenReason, Period, Recognition, RuleOutcome,
    RuleProblemKind, RuleResult, RuleSet, RuleSetBuilder, RuleSetError, Subject,
};
use hcert::trust::{Anchor, DocumentBytes, SignedDocument, TrustState};
use hcert::verify::Verified;

use crate::cli::{complain, printable};
use crate::json::Line;
use crate::list_files;

type Error = Box<dyn std::error::Error>;

/// What the user says about the rules.
#[derive(Default)]
pub struct RuleOptions {
    pub files: Vec<OsString>,
    /// Who signs the files; none if nobody does.
    pub anchors: Vec<OsString>,
    /// Recognition policies.
    pub policies: Vec<OsString>,
    pub countries: Vec<String>,
    pub region: Option<String>,
    pub arrival: Option<Timestamp>,
    pub language: Option<String>,
}

impl RuleOptions {
    /// Takes the option of that name, without its hyphens, if it is one of
    /// these.
    pub fn take(&mut self, name: &str, parser: &mut lexopt::Parser) -> Result<bool, lexopt::Error> {
        use lexopt::ValueExt as _;
        match name {
            "rules" => self.files.push(parser.value()?),
            "recognition" => self.policies.push(parser.value()?),
            "rules-anchor" => self.anchors.push(parser.value()?),
            "country" => {
                let code = parser.value()?.string()?;
                if code.len() != 2 || !code.bytes().all(|b| b.is_ascii_alphabetic()) {
                    return Err("--country is a code of two letters, such as CH".into());
                }
                self.countries.push(code.to_ascii_uppercase());
            }
            "region" => self.region = Some(parser.value()?.string()?),
            "arrival" => self.arrival = Some(parser.value()?.parse_with(Timestamp::parse)?),
            "language" => self.language = Some(parser.value()?.string()?),
            _ => return Ok(false),
        }
        Ok(true)
    }

    pub fn are_given(&self) -> bool {
        !self.files.is_empty() || !self.policies.is_empty()
    }

    /// All that is asked, as of `now`. Signed rules that have expired are
    /// refused, and those that are older than the state knows.
    pub fn load(
        self,
        program: &str,
        value_sets: &ValueSets,
        now: Timestamp,
        state: &mut TrustState,
    ) -> Result<Rules, Error> {
        let set = match self.files.is_empty() {
            true => None,
            false => Some(self.rule_set(program, value_sets, now, state)?),
        };
        let policies = self.policies.iter().map(policy);
        Ok(Rules {
            set,
            policies: policies.collect::<Result<_, _>>()?,
            options: self,
        })
    }

    /// The rules of all files, and of all `*.json` below the directories.
    fn rule_set(
        &self,
        program: &str,
        value_sets: &ValueSets,
        now: Timestamp,
        state: &mut TrustState,
    ) -> Result<RuleSet, Error> {
        let anchors = self.anchors.iter().map(|path| {
            let named = |e: String| format!("--rules-anchor {}: {e}", path.to_string_lossy());
            let bytes = content(Path::new(path)).map_err(|e| named(e.to_string()))?;
            Anchor::from_bytes(&bytes).map_err(|e| named(e.to_string()))
        });
        let anchors = anchors.collect::<Result<Vec<_>, _>>()?;
        let mut builder = RuleSet::builder();
        let mut signed = Signed {
            anchors: &anchors,
            now,
            state,
            taken: Vec::new(),
        };
        let mut add = |path: &Path| add(&mut builder, path, &mut signed);
        for path in &self.files {
            let path = Path::new(path);
            let named = |e: std::io::Error| format!("--rules {}: {e}", path.display());
            if path.is_dir() {
                let mut found = Vec::new();
                json_files(path, &mut found).map_err(named)?;
                let before = found.len();
                let mut other = 0;
                for file in &found {
                    match add(file) {
                        // Tests of rules and the like; what is a rule and
                        // can't be read is no reason to go on.
                        Err(LoadError::NoRule(_)) => other += 1,
                        Err(LoadError::Index(why)) => {
                            complain(program, &format!("--rules {why}"));
                            other += 1;
                        }
                        result => result.map_err(|e| format!("--rules {e}"))?,
                    }
                }
                if other == before {
                    return Err(
                        format!("--rules {}: no file in it holds a rule", path.display()).into(),
                    );
                }
                if other > 0 {
                    let text = format!(
                        "--rules {}: {other} of {before} files hold no rule and are left out",
                        path.display()
                    );
                    complain(program, &text);
                }
            } else {
                add(path).map_err(|e| format!("--rules {e}"))?;
            }
        }
        let rules = builder.build().map_err(|e| format!("--rules {e}"))?;
        for problem in rules.problems() {
            if *problem.kind() != RuleProblemKind::Repeated {
                complain(program, &problem.to_string());
            }
        }
        Ok(rules.with_value_sets(value_sets))
    }
}

/// A policy in TOML or, by the name's end, in JSON.
fn policy(path: &OsString) -> Result<Recognition, Error> {
    let named = |e: String| format!("--recognition {}: {e}", path.to_string_lossy());
    let bytes = content(Path::new(path)).map_err(|e| named(e.to_string()))?;
    let is_json = Path::new(path)
        .extension()
        .is_some_and(|end| end.eq_ignore_ascii_case("json"));
    let policy = match is_json {
        true => Recognition::from_json(&bytes).map_err(|e| named(e.to_string()))?,
        false => from_toml(&bytes).map_err(named)?,
    };
    Ok(policy)
}

fn from_toml(bytes: &[u8]) -> Result<Recognition, String> {
    let text = std::str::from_utf8(bytes).map_err(|e| e.to_string())?;
    Recognition::from_toml(text).map_err(|e| e.to_string())
}

/// What places ask for.
pub struct Rules {
    set: Option<RuleSet>,
    policies: Vec<Recognition>,
    options: RuleOptions,
}

/// A certificate that is asked about.
pub enum Asked {
    Verified(Box<Verified>, Subject),
    /// What it states, whoever issued it: its `iss`, and when it is valid.
    Unverified(Box<Record>, Option<String>, Period, Subject),
}

impl Asked {
    pub fn verified(verified: Verified) -> Self {
        let subject = Subject::from(&verified);
        Self::Verified(Box::new(verified), subject)
    }

    pub fn record(&self) -> &Record {
        match self {
            Self::Verified(verified, _) => verified.record(),
            Self::Unverified(record, ..) => record,
        }
    }

    fn subject(&self) -> &Subject {
        match self {
            Self::Verified(_, subject) | Self::Unverified(.., subject) => subject,
        }
    }

    fn acceptance(&self, policy: &Recognition, arrival: &Arrival) -> Acceptance {
        match self {
            Self::Verified(verified, _) => policy.evaluate(verified, arrival),
            Self::Unverified(record, issuer, valid, _) => {
                policy.evaluate_unverified(record, &facts(issuer, *valid), arrival)
            }
        }
    }

    fn periods(&self, policy: &Recognition) -> Vec<Period> {
        match self {
            Self::Verified(verified, _) => policy.periods(verified),
            Self::Unverified(record, issuer, valid, _) => {
                policy.periods_unverified(record, &facts(issuer, *valid))
            }
        }
    }
}

fn facts(issuer: &Option<String>, valid: Period) -> IssuerFacts<'_> {
    let country = issuer.as_deref().unwrap_or_default();
    IssuerFacts::default()
        .with_country(country)
        .with_validity(valid)
}

impl Rules {
    /// Those named on the command line; else all that are known.
    pub fn countries(&self) -> Vec<String> {
        if !self.options.countries.is_empty() {
            return self.options.countries.clone();
        }
        let of_rules = self.set.iter().flat_map(RuleSet::countries);
        let of_policies = self.policies.iter().map(Recognition::country);
        let all: BTreeSet<&str> = of_rules.chain(of_policies).collect();
        all.into_iter().map(str::to_owned).collect()
    }

    pub fn arrival(&self, country: &str, now: Timestamp) -> Arrival {
        let arrival = Arrival::new(country, self.options.arrival.unwrap_or(now));
        match &self.options.region {
            Some(region) => arrival.in_region(region),
            None => arrival,
        }
    }

    pub fn language(&self) -> &str {
        self.options.language.as_deref().unwrap_or("en")
    }

    /// Whoever has a say in that country has to accept.
    pub fn evaluate(&self, asked: &Asked, arrival: &Arrival) -> Option<Acceptance> {
        let here: Vec<_> = self.policies_of(arrival).collect();
        let of_rules = self.of_rules(asked, arrival);
        // A policy for another place says so.
        let policies = match here.is_empty() && of_rules.is_none() {
            true => self.policies.iter().collect(),
            false => here,
        };
        let of_policies = policies.iter().map(|p| asked.acceptance(p, arrival));
        of_rules
            .into_iter()
            .chain(of_policies)
            .reduce(Acceptance::and)
    }

    /// What the rule set says. Where policies stand for a country that has no
    /// rules in it, it may still withdraw the certificate, as its issuer does;
    /// else it has no say.
    fn of_rules(&self, asked: &Asked, arrival: &Arrival) -> Option<Acceptance> {
        let set = self.set.as_ref()?;
        let acceptance = set.evaluate(asked.subject(), arrival);
        let passed = |result: &RuleResult| *result.outcome() == RuleOutcome::Passed;
        // What is open for all rules at once has no result. That there are none,
        // or none for such a payload, is no objection.
        let has_no_say = |reason: &OpenReason| {
            matches!(
                reason,
                OpenReason::NoRules { .. } | OpenReason::Payload { .. }
            )
        };
        let objects = !acceptance.results().iter().all(passed)
            || acceptance
                .reason()
                .is_some_and(|reason| !has_no_say(reason));
        (objects || self.has_rules(arrival)).then_some(acceptance)
    }

    /// Whether the rule set speaks for the country; it does where nobody else
    /// does.
    fn has_rules(&self, arrival: &Arrival) -> bool {
        let mut countries = self.set.iter().flat_map(RuleSet::countries);
        countries.any(|country| country == arrival.country())
            || self.policies_of(arrival).next().is_none()
    }

    /// When all of them would accept it.
    pub fn periods(
        &self,
        asked: &Asked,
        arrival: &Arrival,
        within: Range<Timestamp>,
    ) -> Vec<Period> {
        let whole = Period {
            from: within.start,
            until: within.end,
        };
        // For another region a policy accepts nothing here.
        let of_policies = self.policies_of(arrival).map(|policy| {
            let is_here = |regions: &[String]| {
                regions.is_empty()
                    || arrival
                        .region()
                        .is_some_and(|here| regions.iter().any(|region| region == here))
            };
            match is_here(policy.regions()) {
                true => asked.periods(policy),
                false => Vec::new(),
            }
        });
        let of_rules = self.set.as_ref().and_then(|set| {
            let periods = || set.periods(asked.subject(), arrival, within);
            // Withdrawn: never.
            let withdrawn = || self.of_rules(asked, arrival).map(|_| Vec::new());
            match self.has_rules(arrival) {
                true => Some(periods()),
                false => withdrawn(),
            }
        });
        let all: Vec<_> = of_rules.into_iter().chain(of_policies).collect();
        if all.is_empty() {
            return all.concat();
        }
        let mut common = all.into_iter().fold(vec![whole], |common, periods| {
            let both = |a: &Period| periods.iter().map(|b| a.and(b)).collect::<Vec<_>>();
            common.iter().flat_map(both).collect()
        });
        common.retain(|period| !period.is_empty());
        common
    }

    fn policies_of(&self, arrival: &Arrival) -> impl Iterator<Item = &Recognition> {
        let country = arrival.country().to_owned();
        self.policies.iter().filter(move |p| p.country() == country)
    }
}

enum LoadError {
    /// The file is about something else.
    NoRule(String),
    /// It names rules, and holds none.
    Index(String),
    Failed(String),
}

impl std::fmt::Display for LoadError {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let (Self::NoRule(why) | Self::Index(why) | Self::Failed(why)) = self;
        f.write_str(why)
    }
}

/// Who signs, and what makes a document too old.
struct Signed<'a> {
    anchors: &'a [Anchor],
    now: Timestamp,
    state: &'a mut TrustState,
    /// Of each signer one edition: of two, one would pass for older or not by
    /// the order in which they are given.
    taken: Vec<Taken>,
}

/// The file, who signed it, and its dates.
struct Taken {
    file: PathBuf,
    identity: String,
    dates: (Option<Timestamp>, Option<Timestamp>),
}

impl Signed<'_> {
    fn accept(&mut self, path: &Path, document: &SignedDocument<'_>) -> Result<(), String> {
        let taken = Taken {
            file: path.to_owned(),
            identity: document.identity().to_owned(),
            dates: (document.issued_at(), document.expires_at()),
        };
        let mut others = self.taken.iter();
        if let Some(other) =
            others.find(|other| other.identity == taken.identity && other.dates != taken.dates)
        {
            return Err(format!(
                "signed by the same key as {}, and of another date: have all rules of a signer \
                 in one document, or signed with one date",
                other.file.display()
            ));
        }
        self.state.accept(document).map_err(|e| e.to_string())?;
        self.taken.push(taken);
        Ok(())
    }
}

/// With anchors, nothing but what one of them signed is looked at; the
/// signature may stand beside the file, under its name and `.sig`.
fn add(
    builder: &mut RuleSetBuilder,
    path: &Path,
    signed: &mut Signed<'_>,
) -> Result<(), LoadError> {
    let failed = |path: &Path, why: String| LoadError::Failed(format!("{}: {why}", path.display()));
    let read = |path: &Path| content(path).map_err(|e| failed(path, e.to_string()));
    let bytes = read(path)?;
    let label = path.to_string_lossy();
    let mut rules = |json: &[u8]| match builder.add_json(&label, json) {
        Ok(_) => Ok(()),
        Err(error @ RuleSetError::NotRules { .. }) => Err(LoadError::NoRule(error.to_string())),
        Err(error @ RuleSetError::Index { .. }) => Err(LoadError::Index(error.to_string())),
        Err(error) => Err(LoadError::Failed(error.to_string())),
    };
    let mut beside = path.as_os_str().to_owned();
    beside.push(".sig");
    let beside = Path::new(&beside);
    let signature = match beside.is_file() {
        true => Some(read(beside)?),
        false => None,
    };
    let mut document = DocumentBytes::from(&bytes);
    if let Some(signature) = &signature {
        document = document.with_signature(signature);
    }
    let mut refused = None;
    for anchor in signed.anchors {
        match SignedDocument::open("rules", document, anchor) {
            Ok(document) => {
                let document = document.pinned_with(signed.anchors);
                let stale = document.check_age(signed.now, None);
                stale.map_err(|e| failed(path, e.to_string()))?;
                rules(document.content())?;
                let accepted = signed.accept(path, &document);
                return accepted.map_err(|why| failed(path, why));
            }
            Err(error) => refused = Some(error.to_string()),
        }
    }
    match (refused, document.format()) {
        (Some(why), _) => Err(failed(path, why)),
        (None, Some(_)) => Err(failed(
            path,
            "a signed document; name its signer with --rules-anchor FILE".into(),
        )),
        (None, None) => rules(&bytes),
    }
}

fn content(path: &Path) -> std::io::Result<Vec<u8>> {
    std::fs::File::open(path).and_then(list_files::limited)
}

fn json_files(directory: &Path, found: &mut Vec<PathBuf>) -> std::io::Result<()> {
    let mut entries = std::fs::read_dir(directory)?.collect::<std::io::Result<Vec<_>>>()?;
    entries.sort_by_key(std::fs::DirEntry::path);
    for entry in entries {
        let path = entry.path();
        // A link to a directory could lead in a circle; .git holds no rules.
        if entry.file_type()?.is_dir() {
            if !entry.file_name().to_string_lossy().starts_with('.') {
                json_files(&path, found)?;
            }
        } else if path.is_file()
            && path
                .extension()
                .is_some_and(|e| e.eq_ignore_ascii_case("json"))
        {
            found.push(path);
        }
    }
    Ok(())
}

/// A line for people: the rule, what it asks for, and what the certificate
/// says there.
pub fn in_words(result: &RuleResult, language: &str) -> String {
    let mut text = result.identifier().to_owned();
    let description = result.description().get(language);
    if !description.is_empty() {
        text += ": ";
        text += description;
    }
    if let RuleOutcome::Open(reason) = result.outcome() {
        text += &format!(" ({reason})");
    }
    let values: Vec<_> = result
        .affected()
        .iter()
        .filter_map(|a| Some(format!("{} {}", a.field(), a.value()?)))
        .collect();
    if *result.outcome() != RuleOutcome::Passed && !values.is_empty() {
        text += &format!(" [{}]", values.join(", "));
    }
    printable(&text)
}

/// Where and when, for a line that says whether it is accepted there.
pub fn arrival_members(arrival: &Arrival) -> Line {
    Line::default()
        .with("country", arrival.country())
        .with("region", arrival.region())
        .with("arrival", arrival.at().to_string())
}
