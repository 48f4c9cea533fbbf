//! FILEs into lists: what form each has, and which two of them are one list.

use std::ffi::OsStr;
use std::fs::File;
use std::io::{self, Read};

use std::path::Path;

use hcert::Timestamp;
use hcert::revocation::RevocationFormat;
use hcert::trust::{DocumentBytes, ListBytes, ListFormat, LoadLimits};

/// A list: one file, or two.
pub struct ListFile {
    pub label: String,
    pub format: Option<ListFormat>,
    pub bytes: Vec<u8>,
    /// The form whose second file this is, where the first one isn't given.
    second_of: Option<ListFormat>,
    companion: Option<Vec<u8>>,
    /// When it was fetched, as far as that is known.
    fetched_at: Option<Timestamp>,
}

impl ListFile {
    pub fn new(label: String, bytes: Vec<u8>) -> Self {
        let format = ListFormat::detect(&bytes);
        let second_of = format
            .is_none()
            .then(|| ListFormat::detect_companion(&bytes))
            .flatten();
        Self {
            label,
            format,
            bytes,
            second_of,
            companion: None,
            fetched_at: None,
        }
    }

    /// With when the file was last written, as when it was fetched.
    /// A file that was not there at the time of use says nothing.
    pub fn written(mut self, path: &OsStr, used_at: Timestamp) -> Self {
        self.fetched_at = modified(path).filter(|time| *time <= used_at);
        self
    }

    /// The first second file of a form goes with the first list of that form,
    /// and so on, wherever they stand. Those of no list come last.
    pub fn paired(files: Vec<Self>) -> Vec<Self> {
        let (seconds, mut lists): (Vec<_>, Vec<_>) =
            files.into_iter().partition(|file| file.second_of.is_some());
        for second in seconds {
            let waiting = lists.iter_mut().find(|list| {
                list.format.is_some() && list.format == second.second_of && list.companion.is_none()
            });
            match waiting {
                Some(list) => {
                    list.companion = Some(second.bytes);
                    // Both have to be as new.
                    list.fetched_at = list.fetched_at.min(second.fetched_at);
                }
                None => lists.push(second),
            }
        }
        lists
    }

    pub fn both(&self) -> ListBytes<'_> {
        let mut list = ListBytes::from(&self.bytes);
        // Other forms say themselves when they were made, or not at all.
        let counts = matches!(self.format, Some(ListFormat::Swiss | ListFormat::Gateway));
        if let Some(time) = self.fetched_at.filter(|_| counts) {
            list = list.with_fetched_at(time);
        }
        let companion = self.companion.as_deref();
        companion.map_or(list, |companion| list.with_companion(companion))
    }

    /// Whether it holds bare keys or certificates, and is no list.
    pub fn is_keys(&self) -> bool {
        self.format.is_some_and(is_of_keys)
    }

    /// What a file is that is no trust list, and what to do with it.
    pub fn other(&self) -> Option<String> {
        if self.format.is_some() || self.second_of.is_some() {
            return None;
        }
        if let Some(form) = RevocationFormat::detect(&self.bytes) {
            let form = form.code();
            return Some(format!(
                "a revocation list ({form}) and no trust list; give it with --revocations"
            ));
        }
        let form = DocumentBytes::from(&self.bytes).format()?.code();
        Some(format!(
            "a signed document ({form}) and no trust list; rules go with --rules, revocations with \
             --revocations"
        ))
    }

    /// What there is to say of a second file without a first one.
    pub fn half(&self) -> Option<String> {
        let form = self.second_of?.code();
        Some(format!("the second file of a list ({form}); give both"))
    }
}

/// When the file was last written: a copy is no newer for being one, but its
/// time may say so.
pub fn modified(path: &OsStr) -> Option<Timestamp> {
    let time = std::fs::metadata(Path::new(path)).ok()?.modified().ok()?;
    Some(time.into())
}

/// The content of a file, or of standard input (`-`): no more than a list may
/// have, and a byte to see that there is more.
pub fn content(path: &OsStr) -> Result<Vec<u8>, String> {
    let read = match path.to_str() {
        Some("-") => limited(io::stdin()),
        _ => File::open(path).and_then(limited),
    };
    read.map_err(|error| match error.kind() {
        io::ErrorKind::IsADirectory => "is a directory; name the files in it".into(),
        _ => error.to_string(),
    })
}

/// What a source holds: no more than is read of any, and a byte to see that
/// there is more.
pub fn limited(source: impl Read) -> io::Result<Vec<u8>> {
    let max = LoadLimits::default().input_bytes as u64;
    let mut bytes = Vec::new();
    source.take(max + 1).read_to_end(&mut bytes)?;
    Ok(bytes)
}

/// Whether a form is of bare keys or certificates, and no list.
pub fn is_of_keys(format: ListFormat) -> bool {
    matches!(
        format,
        ListFormat::CertificateDer | ListFormat::PublicKeyDer | ListFormat::Pem | ListFormat::Jwk
    )
}
