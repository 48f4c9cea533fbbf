//! `trust verify --purpose`: whether the signatures of documents hold.

use std::ffi::{OsStr, OsString};

use hcert::Timestamp;
use hcert::trust::{Anchor, DocumentBytes, DocumentError, SignedDocument};
use serde_json::json;

use super::load::complain;
use super::{Error, Options, line, print};
use crate::{cli, json, list_files};

/// What stands beside a document: over the content or over its digest.
pub enum Beside {
    Content(OsString),
    Digest(OsString),
}

impl Beside {
    fn path(&self) -> &OsStr {
        match self {
            Self::Content(path) | Self::Digest(path) => path,
        }
    }
}

pub fn verify(options: &Options, purpose: &str, paths: &[OsString]) -> Result<u8, Error> {
    if options.anchors.is_empty() {
        let missing = "--purpose needs --anchor FILE: the key that signs the document";
        return Err(lexopt::Error::from(missing).into());
    }
    let (mut bad, mut unreadable) = (false, false);
    let mut content = |path: &OsStr| {
        list_files::content(path).map_err(|message| {
            unreadable = true;
            complain(options.json, &path.to_string_lossy(), "error", &message);
        })
    };
    let beside = match &options.beside {
        None => None,
        Some(beside) => match content(beside.path()) {
            Ok(bytes) => Some(bytes),
            Err(()) => return Ok(cli::EXIT_UNREADABLE),
        },
    };
    for path in paths {
        let Ok(bytes) = content(path) else { continue };
        let mut document = DocumentBytes::from(&bytes);
        document = match (&options.beside, &beside) {
            (Some(Beside::Content(_)), Some(beside)) => document.with_signature(beside),
            (Some(Beside::Digest(_)), Some(beside)) => document.with_x_signature(beside),
            _ => document,
        };
        let opened = open(purpose, document, &options.anchors);
        bad |= opened.is_err();
        let label = path.to_string_lossy();
        print(&match options.json {
            true => json_line(&label, document, &opened),
            false => words(&label, &opened),
        })?;
        if let (true, Err(error)) = (options.json, &opened) {
            complain(true, &label, "error", &error.to_string());
        }
    }
    Ok(match unreadable {
        true => cli::EXIT_UNREADABLE,
        false => bad.into(),
    })
}

/// Under one of the anchors; otherwise what the last one says.
fn open<'a>(
    purpose: &str,
    document: DocumentBytes<'a>,
    anchors: &[Anchor],
) -> Result<SignedDocument<'a>, DocumentError> {
    let mut outcome = Err(DocumentError::Unrecognised);
    for anchor in anchors {
        outcome = SignedDocument::open(purpose, document, anchor);
        if outcome.is_ok() {
            break;
        }
    }
    outcome
}

type Opened<'a> = Result<SignedDocument<'a>, DocumentError>;

fn json_line(label: &str, document: DocumentBytes<'_>, opened: &Opened<'_>) -> String {
    let format = document.format().map(|format| format.code());
    let good = opened.as_ref().ok();
    let date = |date: Option<Timestamp>| json!(date.map(|date| date.to_string()));
    let identity = opened.as_ref().ok().map(SignedDocument::identity);
    let bytes = opened
        .as_ref()
        .ok()
        .map(|document| document.content().len());
    json::object(&[
        ("input", label.into()),
        ("format", format.into()),
        ("verified", opened.is_ok().into()),
        (
            "reason",
            opened.as_ref().err().map(|e| json::why(e.code(), e)).into(),
        ),
        ("identity", identity.into()),
        ("issued_at", date(good.and_then(|d| d.issued_at()))),
        ("expires_at", date(good.and_then(|d| d.expires_at()))),
        ("bytes", bytes.into()),
    ]) + "\n"
}

fn words(label: &str, opened: &Opened<'_>) -> String {
    let label = cli::short_name(label);
    match opened {
        Err(error) => {
            let message = cli::printable(&error.to_string());
            format!("NOT VERIFIED  {label}\n  {message} [{}]\n\n", error.code())
        }
        Ok(document) => {
            let mut out = format!("VERIFIED  {label}\n");
            line(&mut out, "Form", document.format().code());
            line(&mut out, "Name", document.identity());
            let undated = || "not stated".to_owned();
            let made = document.issued_at().map_or_else(undated, |t| t.to_string());
            line(&mut out, "Made at", &made);
            if let Some(expires_at) = document.expires_at() {
                line(&mut out, "Expires at", &expires_at.to_string());
            }
            line(&mut out, "Bytes", &document.content().len().to_string());
            out + "\n"
        }
    }
}
