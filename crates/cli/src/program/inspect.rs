//! Takes a code apart, layer by layer. Nothing of it is verified.

use std::ffi::OsString;
use std::fmt::{Display, Write as _};
use std::io::{self, Write as _};
use std::process::ExitCode;

use hcert::Limits;
use hcert::format::hc1::cose::{CoseError, CoseSign1};
use hcert::format::hc1::cwt::{Claims, ContentError, TimeClaim};
use hcert::format::hc1::{payload, text, zlib};
use hcert::format::{Deviation, Format, Unverified};
use hcert::record::{ProductCatalogue, ValueSets};
use hcert::words::{self, Language, Line};
use serde_json::{Value, json};

use crate::{arguments, cli, diagnostic, input, json, value_sets};
use cli::{complain, printable, short_name};
use diagnostic::{Item, Kind, hex};
use input::Found;

const PROGRAM: &str = "hcert inspect";

const HELP: &str = "\
Takes HCERT codes apart, layer by layer: text, base45, zlib, COSE, CWT, payload.
For people who debug. NOTHING IS VERIFIED: anybody can write what it shows.

Usage: hcert inspect [--value-sets DIR|FILE]… [--full] [--json] INPUT…

INPUT is a text (HC1:…), a file (a PNG, JPEG, GIF or WebP picture, or a text
with one code a line), or - for standard input.
A code given as a text is personal data: it is named by its place, argument 1.

  --value-sets DIR|FILE  name the codes as this value set has it (JSON with
           valueSetId), or all in that directory (*.json), where they are no
           older than the built-in ones; may be repeated
  --full   print bytes in full length
  --json   print one JSON object a line for each code, bytes in full: input,
           verified (always false), a member for each layer that was reached,
           and error, null or {layer, code, message, hint}
  --help   print this

Exit status: 0 all layers of all codes can be read, 1 some can't, 2 wrong usage,
an input that can't be read, or output that can't be written.
";

/// Bytes shown of a layer without --full.
const SHOWN: usize = 32;

type Error = Box<dyn std::error::Error>;

pub fn main() -> ExitCode {
    run().unwrap_or_else(|error| cli::failed(PROGRAM, &*error).into())
}

fn run() -> Result<ExitCode, Error> {
    use lexopt::prelude::*;
    let (mut full, mut as_json, mut inputs) = (false, false, Vec::<OsString>::new());
    let mut sets = Vec::new();
    let mut parser = arguments::parser();
    let mut out = io::stdout().lock();
    while let Some(argument) = parser.next()? {
        match argument {
            Long("help") | Short('h') => {
                out.write_all(HELP.as_bytes())?;
                return Ok(ExitCode::SUCCESS);
            }
            Long("value-sets") => sets.push(parser.value()?),
            Long("full") => full = true,
            Long("json") => as_json = true,
            Value(input) => inputs.push(input),
            _ => return Err(argument.unexpected().into()),
        }
    }
    if inputs.is_empty() {
        return Err(Box::new(lexopt::Error::from("no INPUT is given")));
    }
    let sets = value_sets::load(PROGRAM, &sets)?;
    let mut worst = 0;
    for job in inputs.iter().flat_map(|argument| input::open(argument)) {
        for found in job.codes() {
            match found {
                Found::Code { input, text } => {
                    let (layers, stopped) = take_apart(&text, &sets);
                    worst = worst.max(u8::from(stopped.is_some()));
                    let shown = match as_json {
                        true => json_line(&input, &layers, stopped.as_ref()),
                        false => in_words(&input, &layers, stopped.as_ref(), full),
                    };
                    out.write_all(shown.as_bytes())?;
                    out.flush()?;
                }
                Found::Problem {
                    input,
                    message,
                    note,
                } => {
                    complain(PROGRAM, &format!("{}: {message}", short_name(&input)));
                    if !note {
                        worst = cli::EXIT_UNREADABLE;
                    }
                }
            }
        }
    }
    Ok(worst.into())
}

/// What is seen of one layer.
struct Layer {
    name: &'static str,
    rows: Vec<Row>,
}

/// A member: its name in JSON, the same for people, and its value.
struct Row {
    name: &'static str,
    value: Shown,
}

enum Shown {
    Number(i64),
    Text(String),
    Hex(Vec<u8>),
    /// Diagnostic notation, on lines of its own.
    Cbor(Item),
    Deviations(Vec<Deviation>),
    /// What the record says.
    Words(Vec<Line>),
}

/// Where the reading stops, and why.
struct Stopped {
    layer: &'static str,
    code: &'static str,
    detail: String,
    hint: &'static str,
}

fn stopped(layer: &'static str, code: &'static str, error: impl Display) -> Stopped {
    Stopped {
        layer,
        code,
        detail: error.to_string(),
        hint: hint(code),
    }
}

impl Layer {
    fn new(name: &'static str) -> Self {
        let rows = Vec::new();
        Self { name, rows }
    }

    /// A layer that is nothing but bytes.
    fn of_bytes(name: &'static str, bytes: &[u8]) -> Self {
        let mut layer = Self::new(name);
        layer.number("bytes", bytes.len());
        layer.hex("hex", bytes);
        layer
    }

    fn push(&mut self, name: &'static str, value: Shown) {
        self.rows.push(Row { name, value });
    }

    fn number(&mut self, name: &'static str, n: usize) {
        self.push(name, Shown::Number(n.try_into().unwrap_or(i64::MAX)));
    }

    fn text(&mut self, name: &'static str, text: impl ToString) {
        self.push(name, Shown::Text(text.to_string()));
    }

    fn hex(&mut self, name: &'static str, bytes: &[u8]) {
        self.push(name, Shown::Hex(bytes.to_vec()));
    }

    /// The notation, if the bytes are well-formed.
    fn cbor(&mut self, name: &'static str, bytes: &[u8]) {
        if let Some(item) = Item::parse(bytes) {
            self.push(name, Shown::Cbor(item));
        }
    }

    /// What the reading of this layer has added.
    fn deviations(&mut self, found: &mut Vec<Deviation>) {
        if !found.is_empty() {
            self.push("deviations", Shown::Deviations(std::mem::take(found)));
        }
    }
}

fn take_apart(code: &str, sets: &ValueSets) -> (Vec<Layer>, Option<Stopped>) {
    let mut layers = Vec::new();
    let stop = go_inwards(code, sets, &mut layers).err();
    (layers, stop)
}

fn go_inwards(code: &str, sets: &ValueSets, layers: &mut Vec<Layer>) -> Result<(), Stopped> {
    let limits = Limits::default();
    let mut found = Vec::new();

    let mut layer = Layer::new("text");
    layer.number("characters", code.chars().count());
    let start: String = code.chars().take(text::PREFIX.len()).collect();
    layer.text("begins with", start);
    // A light certificate has the same layers behind its prefix, and another
    // content.
    let light = match Format::detect(code) {
        Some(Format::Lt1) => Some(code.replacen(Format::Lt1.prefix(), text::PREFIX, 1)),
        _ => None,
    };
    let uncompressed = text::decode_base64(code, &limits, &mut found).transpose();
    let in_base64 = uncompressed.is_some();
    let body = light.as_deref().unwrap_or(code);
    let decoded = uncompressed.unwrap_or_else(|| text::decode(body, &limits, &mut found));
    layer.deviations(&mut found);
    layers.push(layer);
    let decoded = decoded.map_err(|e| match e.code() {
        code if code.starts_with("base45") => stopped("base45", code, e),
        code => stopped("text", code, e),
    })?;
    let cose = if in_base64 {
        layers.push(Layer::of_bytes("base64", &decoded));
        decoded
    } else {
        layers.push(Layer::of_bytes("base45", &decoded));
        let inflated = zlib::inflate(&decoded, &limits);
        let inflated = inflated.map_err(|e| stopped("zlib", e.code(), e))?;
        layers.push(Layer::of_bytes("zlib", &inflated));
        inflated
    };

    let mut layer = Layer::new("cose");
    let outer = Item::parse(&cose);
    let (tags, unprotected) = outer.as_ref().map(headers).unwrap_or_default();
    let cose = match CoseSign1::parse(cose, &limits, &mut found) {
        Ok(cose) => cose,
        Err(error) => {
            // Well-formed CBOR is shown even if it is no COSE_Sign1.
            if let Some(outer) = outer {
                layer.push("cbor", Shown::Cbor(outer));
                layers.push(layer);
            }
            return Err(stopped("cose", CoseError::code(&error), error));
        }
    };
    layer.text("tags", tags);
    layer.hex("protected header", cose.protected());
    layer.cbor("protected", cose.protected());
    layer.text("unprotected", unprotected);
    let algorithm = cose.algorithm().map(ToString::to_string);
    layer.text("algorithm", algorithm.as_deref().unwrap_or("none"));
    let kid = cose.kid().map(ToString::to_string);
    layer.text("kid", kid.as_deref().unwrap_or("none"));
    layer.number("payload bytes", cose.unverified_payload().len());
    layer.number("signature bytes", cose.signature().len());
    layer.hex("signature", cose.signature());
    layer.deviations(&mut found);
    layers.push(layer);

    let mut layer = Layer::new("cwt");
    let content = match &light {
        Some(_) => Unverified::parse(code, &limits).ok(),
        None => None,
    };
    let content =
        content.map(|unverified| unverified.unverified_content(&ProductCatalogue::builtin()));
    let claims = match &content {
        Some((content, noted)) => {
            found.extend_from_slice(noted);
            content.claims().cloned()
        }
        None => Claims::parse_unverified(cose.unverified_payload(), &limits, &mut found),
    };
    if let Ok(claims) = &claims {
        layer.text("iss", claims.issuer().unwrap_or("none"));
        layer.text("iat", time(claims.issued_at()));
        layer.text("nbf", time(claims.not_before()));
        layer.text("exp", time(claims.expires_at()));
    }
    layer.cbor("cbor", cose.unverified_payload());
    layer.deviations(&mut found);
    layers.push(layer);
    let claims = claims.map_err(|e| stopped("cwt", ContentError::code(&e), e))?;

    let record = match content {
        Some((content, _)) => content.record().cloned(),
        None => payload::read_unverified(&claims, &ProductCatalogue::builtin(), &mut found),
    };
    let mut layer = Layer::new("payload");
    if let Ok(record) = &record {
        layer.text(
            "kind",
            words::payload_name(record.payload(), Language::English),
        );
        layer.text("schema version", record.schema_version());
        layer.number("entries", record.entries().len());
        layer.push(
            "says",
            Shown::Words(words::describe_with(record, Language::English, sets)),
        );
    }
    layer.deviations(&mut found);
    layers.push(layer);
    record.map_err(|e| stopped("payload", e.code(), e))?;
    Ok(())
}

/// The tags around the COSE structure, and its unprotected header.
fn headers(mut item: &Item) -> (String, String) {
    let mut tags = Vec::new();
    while let Kind::Tag(tag, inner) = item.kind() {
        tags.push(tag.to_string());
        item = inner;
    }
    let tags = match tags.len() {
        0 => "none".to_owned(),
        _ => tags.join(" "),
    };
    let unprotected = match item.kind() {
        Kind::Array(members) => members.get(1).map(Item::line),
        _ => None,
    };
    (tags, unprotected.unwrap_or_default())
}

fn time(claim: TimeClaim) -> String {
    match claim {
        TimeClaim::Absent => "none".into(),
        TimeClaim::At(time) => format!("{} ({time})", time.seconds()),
        _ => "a number that is not a valid time".into(),
    }
}

/// What to look at, by the code of the error.
fn hint(code: &str) -> &'static str {
    match code {
        "text-too-long" => "no QR symbol holds so much; is it one code alone?",
        "prefix" => {
            "the prefix is HC1: or LT1: in capitals; another one is another kind of code, and a scanner \
             may have changed the case"
        }
        "prefix-version" => "this program reads version 1 of the container",
        "base45-character" => {
            "look at that byte; lower case, line breaks and %-escapes come from copying"
        }
        "base45-group" => {
            "characters were lost, added or changed; blanks belong to the code, also at its end"
        }
        "zlib-header" => {
            "the bytes should begin with 78; d2 84 is COSE without compression, and deflate \
             without a zlib header is not allowed"
        }
        "zlib-dictionary" => "the issuer's compressor has a preset dictionary set",
        "zlib-damaged" | "zlib-cut-off" => {
            "the text is damaged or cut off: compare its length with the original's"
        }
        "zlib-too-large" => "far more than a certificate: a mistake, or an attack",
        "zlib-trailing" => "the issuer appends bytes after the stream",
        "cose-tag" => {
            "COSE_Sign1 has tag 18; 17 is a MAC, 98 has several signers, 16 and 96 are encrypted"
        }
        "cose-structure" => {
            "it should be [protected: bstr, unprotected: map, payload: bstr, signature: bstr]"
        }
        "cose-header-type" => {
            "alg (1) is an integer or a text, kid (4) is a byte string of at most 255 bytes; as a \
             text it is read if it is padded base64 of them"
        }
        "cose-critical" => "header 2 (crit) demands what no HCERT reader knows",
        "cwt-not-claims" => "the payload should be a map with the keys 1, 4, 6 and -260",
        "cwt-claim-type" => {
            "iss (1) is a text, exp (4) and iat (6) are numbers, hcert (-260) is a map"
        }
        "hcert-missing" => "the payload stands under the key -260, an integer",
        "hcert-unknown-payload" => {
            "the keys 1 (EU DCC), 3 and 4 (DDCC), 5 (health link), -6 (yellow card) and -7 (medication) \
             are known"
        }
        code if code.starts_with("cbor-") => {
            "the offset counts in the bytes of this layer; --full shows all of them"
        }
        code if code.starts_with("dcc-") => {
            "the EU DCC is a map with ver, nam, dob and one of v, t, r"
        }
        _ => "see the layers above",
    }
}

const UNVERIFIED: &str = "NOT VERIFIED: anybody can write what follows";

fn in_words(input: &str, layers: &[Layer], stopped: Option<&Stopped>, full: bool) -> String {
    let mut out = format!("{UNVERIFIED}\n{}\n", short_name(input));
    // Writing to a String can't fail.
    for layer in layers {
        let _ = writeln!(out, "\n{}", layer.name);
        for row in &layer.rows {
            let _ = match &row.value {
                Shown::Number(n) => writeln!(out, "  {:<17} {n}", row.name),
                Shown::Text(text) => writeln!(out, "  {:<17} {}", row.name, printable(text)),
                Shown::Hex(bytes) => writeln!(out, "  {:<17} {}", row.name, shown(bytes, full)),
                Shown::Cbor(item) => writeln!(out, "  {}\n    {}", row.name, item.pretty(4)),
                Shown::Words(lines) => lines.iter().try_for_each(|line| {
                    writeln!(out, "  {:<17} {}", line.label, printable(&line.text))
                }),
                Shown::Deviations(all) => all.iter().try_for_each(|d| {
                    let text = printable(&d.to_string());
                    writeln!(out, "  {:<17} {text} [{}]", "deviation", d.code())
                }),
            };
        }
    }
    if let Some(stopped) = stopped {
        let _ = writeln!(
            out,
            "\nSTOPPED at {}: {} [{}]\n  {}",
            stopped.layer,
            printable(&stopped.detail),
            stopped.code,
            stopped.hint
        );
    }
    out + "\n"
}

fn shown(bytes: &[u8], full: bool) -> String {
    match bytes.get(..SHOWN) {
        Some(start) if !full && bytes.len() > SHOWN => format!("{}… (--full)", hex(start)),
        _ => hex(bytes),
    }
}

fn json_line(input: &str, layers: &[Layer], stopped: Option<&Stopped>) -> String {
    let layers = layers.iter().map(|layer| {
        let rows = layer.rows.iter().map(|row| {
            let value = match &row.value {
                Shown::Number(n) => (*n).into(),
                Shown::Text(text) => text.as_str().into(),
                Shown::Hex(bytes) => hex(bytes).into(),
                Shown::Cbor(item) => item.line().into(),
                Shown::Words(lines) => lines
                    .iter()
                    .map(|line| json!({"label": line.label, "text": line.text}))
                    .collect(),
                Shown::Deviations(all) => all
                    .iter()
                    .map(|d| json!({"code": d.code(), "at": d.at(), "message": d.kind().words()}))
                    .collect(),
            };
            (row.name.replace(' ', "_"), value)
        });
        (layer.name, Value::Object(rows.collect()))
    });
    let error = stopped.map(|stopped| {
        json!({
            "layer": stopped.layer,
            "code": stopped.code,
            "message": stopped.detail,
            "hint": stopped.hint,
        })
    });
    let mut members = vec![("input", input.into()), ("verified", false.into())];
    members.extend(layers);
    members.push(("error", error.unwrap_or(Value::Null)));
    json::object(&members) + "\n"
}
