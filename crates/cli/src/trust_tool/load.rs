//! Whether the signature of a list holds, and what is in the list.

use std::ffi::OsStr;
use std::io::{self, Write as _};

use hcert::Timestamp;
use hcert::trust::{
    Anchor, Environment, GdhcnAnchor, GdhcnError, ListFormat, LoadError, LoadReport, TrustStore,
};

use super::{Error, Options, PROGRAM};
pub use crate::list_files::ListFile as List;
use crate::trust_files::OF_THE_NETWORK;
use crate::{cli, json, list_files};

/// The FILEs of a command line.
pub struct Files {
    pub lists: Vec<List>,
    /// Whether a file can't be read. It has been said which.
    pub unreadable: bool,
}

/// Why a list is refused: a reason with a stable code, and a word on what to do.
pub struct Refusal {
    pub code: &'static str,
    pub message: String,
}

impl Refusal {
    pub fn json(&self) -> serde_json::Value {
        json::why(self.code, &self.message)
    }
}

pub type Loaded = (TrustStore, LoadReport);

impl Files {
    /// Reads what can be read, and names on stderr what can't. Where a time is
    /// given, a file that was written before it was fetched when it was.
    pub fn read(paths: &[std::ffi::OsString], used_at: Option<Timestamp>, json: bool) -> Self {
        let mut files = Vec::new();
        let mut unreadable = false;
        for path in paths {
            let label = path.to_string_lossy().into_owned();
            match list_files::content(path) {
                Ok(bytes) => {
                    let file = List::new(label, bytes);
                    files.push(match used_at {
                        Some(time) => file.written(path, time),
                        None => file,
                    });
                }
                Err(message) => {
                    unreadable = true;
                    complain(json, &label, "error", &message);
                }
            }
        }
        let lists = List::paired(files);
        Self { lists, unreadable }
    }

    /// The exit status, if `bad` says that something is not well.
    pub fn status(&self, bad: bool) -> u8 {
        match self.unreadable {
            true => cli::EXIT_UNREADABLE,
            false => bad.into(),
        }
    }
}

impl List {
    /// Loads the list if its signature holds under what the user trusts.
    pub fn check(&self, options: &Options) -> Result<Loaded, Refusal> {
        let mut builder = TrustStore::builder().with_gateway_roles(options.gateway.clone());
        let added = match self.known()? {
            ListFormat::Gdhcn if options.environment.is_none() && !options.anchors.is_empty() => {
                return Err(Refusal {
                    code: "trust-anchor-missing",
                    message: OF_THE_NETWORK.into(),
                });
            }
            ListFormat::Gdhcn => {
                // As in `verify`: no list for tests passes for production.
                let environment = options.environment.unwrap_or(Environment::Prod);
                let anchor = GdhcnAnchor::pinned(environment);
                builder.add_gdhcn(&self.label, &self.bytes, &anchor)
            }
            format => builder.add_signed_list(&self.label, format, self.both(), &options.anchors),
        };
        added.map_err(Refusal::from)?;
        Ok(builder.build())
    }

    /// Loads the list whoever signed it.
    pub fn read_unchecked(&self) -> Result<Loaded, Refusal> {
        let mut builder = TrustStore::builder();
        builder.trust_unsigned_list(&self.label, self.known()?, self.both())?;
        Ok(builder.build())
    }

    /// Checks the signature if the user said whom to trust, whatever stands in
    /// the file, and loads the list without a look at it otherwise.
    pub fn read(&self, options: &Options) -> Result<Loaded, Refusal> {
        match options.environment.is_some() || !options.anchors.is_empty() {
            true => self.check(options),
            false => self.read_unchecked(),
        }
    }

    /// Whether it is a list, or half of one.
    pub fn is_recognised(&self) -> bool {
        self.format.is_some() || self.half().is_some()
    }

    fn known(&self) -> Result<ListFormat, Refusal> {
        if let Some(format) = self.format {
            return Ok(format);
        }
        if let Some(message) = self.half() {
            return Err(Refusal {
                code: "trust-companion",
                message,
            });
        }
        if let Some(message) = self.other() {
            return Err(Refusal {
                code: "trust-not-a-list",
                message,
            });
        }
        // Why, where more can be said than that no form is recognised.
        let error = TrustStore::builder()
            .add_bytes(&self.label, &self.bytes)
            .err();
        Err(error.unwrap_or(LoadError::Unrecognised).into())
    }
}

impl From<LoadError> for Refusal {
    fn from(error: LoadError) -> Self {
        let message = match error {
            LoadError::AnchorMissing { format, .. } => {
                format!("a signed list; {}", what_to_pass(format))
            }
            LoadError::Companion { pass, .. } => {
                format!("the list is one of two files; give the other one, too: {pass}")
            }
            LoadError::Unsigned { .. } => {
                "the form carries no signature: nothing shows who made the list".into()
            }
            LoadError::Gdhcn(GdhcnError::Environment { .. }) => {
                format!("{error}; {}", what_to_pass(ListFormat::Gdhcn))
            }
            _ => error.to_string(),
        };
        Self {
            code: error.code(),
            message,
        }
    }
}

/// How to have the signature of a form checked that has one.
pub fn what_to_pass(format: ListFormat) -> String {
    match format {
        ListFormat::Gdhcn => "pass --trust-env prod, uat or dev: the environment of the WHO's \
                              network that it has to be from"
            .into(),
        _ => format!(
            "pass --anchor FILE: {}",
            format.anchor_hint().unwrap_or("none")
        ),
    }
}

impl std::fmt::Display for Refusal {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "{} [{}]", cli::printable(&self.message), self.code)
    }
}

/// Says on stderr what is the matter with an input.
pub fn complain(json: bool, label: &str, kind: &str, message: &str) {
    match json {
        true => {
            let line = json::object(&[("input", label.into()), (kind, message.into())]);
            // Where stderr is closed there is nobody to tell.
            let _ = writeln!(io::stderr(), "{line}");
        }
        false => cli::complain(PROGRAM, &format!("{}: {message}", cli::short_name(label))),
    }
}

/// The anchor in a file.
pub fn anchor(path: &OsStr) -> Result<Anchor, Error> {
    let label = path.to_string_lossy();
    let bytes = list_files::content(path).map_err(|e| format!("--anchor {label}: {e}"))?;
    Ok(Anchor::from_bytes(&bytes).map_err(|e| format!("--anchor {label}: {e}"))?)
}
