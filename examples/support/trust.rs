//! `--trust FILE`s into a trust store, signed lists against their anchors.

use std::ffi::OsString;
use std::io;

use hcert::trust::{
    Anchor, Environment, GdhcnAnchor, ListBytes, ListFormat, LoadReport, TrustStore,
    detect_companion, detect_format,
};

type Error = Box<dyn std::error::Error>;

/// What the user says about whom to trust.
#[derive(Default)]
pub struct TrustOptions {
    pub files: Vec<OsString>,
    pub anchors: Vec<OsString>,
    pub environment: Option<Environment>,
}

impl TrustOptions {
    /// The keys of all files. A signed list without an anchor is an error that
    /// says what to pass.
    pub fn load(&self) -> Result<(TrustStore, LoadReport), Error> {
        let anchors: Vec<Anchor> = self
            .anchors
            .iter()
            .map(|path| {
                let (label, bytes) = read("--anchor", path)?;
                Anchor::from_bytes(&bytes).map_err(|e| format!("--anchor {label}: {e}").into())
            })
            .collect::<Result<_, Error>>()?;
        let files: Vec<_> = self
            .files
            .iter()
            .map(|path| read("--trust", path))
            .collect::<Result<_, Error>>()?;
        let mut builder = TrustStore::builder();
        for (label, bytes) in &files {
            let failed = |why: String| -> Error { format!("--trust {label}: {why}").into() };
            let format = detect_format(bytes);
            // The second document of a list goes with the first one.
            if format.is_none() && detect_companion(bytes).is_some() {
                continue;
            }
            let added = match format {
                Some(ListFormat::Gdhcn) => {
                    let environment = self.environment.ok_or_else(|| {
                        failed(
                            "a list of the WHO's network; name its environment with \
                                --trust-env prod, uat or dev"
                                .into(),
                        )
                    })?;
                    builder.add_gdhcn(label, bytes, &GdhcnAnchor::pinned(environment))
                }
                Some(format) if format.anchor_hint().is_some() => {
                    let hint = format.anchor_hint().unwrap_or_default();
                    if anchors.is_empty() {
                        return Err(failed(format!("a signed list; pass --anchor FILE: {hint}")));
                    }
                    let second = files
                        .iter()
                        .find(|(_, b)| detect_companion(b) == Some(format));
                    let list = ListBytes::from(bytes);
                    let list = second.map_or(list, |(_, second)| list.with_companion(second));
                    builder.add_signed_list(label, format, list, &anchors)
                }
                Some(
                    format @ (ListFormat::Dutch
                    | ListFormat::CwaProtobuf
                    | ListFormat::KeysByKid
                    | ListFormat::Polish),
                ) => builder.trust_unsigned_list(label, format, bytes),
                _ => builder.add_bytes(label, bytes),
            };
            added.map_err(|e| failed(e.to_string()))?;
        }
        Ok(builder.build())
    }
}

fn read(option: &str, path: &OsString) -> Result<(String, Vec<u8>), Error> {
    let label = path.to_string_lossy().into_owned();
    let bytes = std::fs::read(path).map_err(|e| match e.kind() {
        io::ErrorKind::IsADirectory => {
            format!("{option} {label}: is a directory; name the files in it")
        }
        _ => format!("{option} {label}: {e}"),
    })?;
    Ok((label, bytes))
}
