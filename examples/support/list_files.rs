//! FILEs into lists: what form each has, and which two of them are one list.

use std::ffi::OsStr;
use std::fs::File;
use std::io::{self, Read};

use hcert::Timestamp;
use hcert::trust::{ListBytes, ListFormat, LoadLimits, detect_companion, detect_format};

/// A list: one file, or two.
pub struct ListFile {
    pub label: String,
    pub format: Option<ListFormat>,
    pub bytes: Vec<u8>,
    /// The form whose second file this is, where the first one isn't given.
    second_of: Option<ListFormat>,
    companion: Option<Vec<u8>>,
    /// When the older of its files was last written.
    written_at: Option<Timestamp>,
}

impl ListFile {
    pub fn new(label: String, bytes: Vec<u8>) -> Self {
        let format = detect_format(&bytes);
        let second_of = format.is_none().then(|| detect_companion(&bytes)).flatten();
        Self {
            label,
            format,
            bytes,
            second_of,
            companion: None,
            written_at: None,
        }
    }

    /// With when the file was last written.
    pub fn written_at(self, time: Option<Timestamp>) -> Self {
        Self {
            written_at: time,
            ..self
        }
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
                    let times = list.written_at.zip(second.written_at);
                    list.written_at = times.map(|(one, other)| one.min(other));
                }
                None => lists.push(second),
            }
        }
        lists
    }

    pub fn both(&self) -> ListBytes<'_> {
        let list = ListBytes::from(&self.bytes);
        // Switzerland's says alone how long it counts after it was fetched; the
        // others have a date, or none that a file's time could make good.
        let list = match (self.format, self.written_at) {
            (Some(ListFormat::Swiss), Some(time)) => list.fetched_at(time),
            _ => list,
        };
        let companion = self.companion.as_deref();
        companion.map_or(list, |companion| list.with_companion(companion))
    }

    /// What there is to say of a second file without a first one.
    pub fn half(&self) -> Option<String> {
        let form = self.second_of?.code();
        Some(format!("the second file of a list ({form}); give both"))
    }
}

/// When the file was last written. A copy is no newer for being one, but its
/// time may say so.
pub fn modified(path: &OsStr) -> Option<Timestamp> {
    let time = std::fs::metadata(path).ok()?.modified().ok()?;
    Some(time.into())
}

/// The content of a file, or of standard input (`-`): no more than a list may
/// have, and a byte to see that there is more.
pub fn content(path: &OsStr) -> Result<Vec<u8>, String> {
    let read = || -> io::Result<Vec<u8>> {
        let source: Box<dyn Read> = match path.to_str() {
            Some("-") => Box::new(io::stdin()),
            _ => Box::new(File::open(path)?),
        };
        let max = LoadLimits::default().input_bytes as u64;
        let mut bytes = Vec::new();
        source.take(max + 1).read_to_end(&mut bytes)?;
        Ok(bytes)
    };
    read().map_err(|error| match error.kind() {
        io::ErrorKind::IsADirectory => "is a directory; name the files in it".into(),
        _ => error.to_string(),
    })
}
