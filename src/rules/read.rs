//! Rules out of JSON.
//!
//! A check whose failure leaves it open whom a rule concerns, when, or which
//! of two rules it is, refuses the document: to leave the rule out would be to
//! accept what it refuses. A rule whose logic alone can't be used stays, and
//! whatever it applies to stays open. A member whose name only resembles a known
//! one refuses the document, too: what it restricts, somebody meant. The rest is
//! noted, as it changes no decision.

use super::acceptance::{OpenReason, Texts};
use super::certlogic::{Expression, Value};
use super::country;
use super::problem::{RuleFault, RuleProblemKind};
use super::rule::{Asks, CertificateType, Rule, RuleKind};
use super::version::Version;
use crate::Timestamp;
use crate::codec::text::{printable, shown};
use alloc::borrow::ToOwned;
use alloc::string::String;
use alloc::vec::Vec;

/// The engine, and the latest version of CertLogic, that is known here.
const ENGINE: &str = "CERTLOGIC";
const ENGINE_VERSION: Version = Version::new(1, 3, 3);
const KNOWN: &str = "CERTLOGIC 1.3.3";

const MEMBERS: [&str; 14] = [
    "AffectedFields",
    "CertificateType",
    "Country",
    "Description",
    "Engine",
    "EngineVersion",
    "Identifier",
    "Logic",
    "Region",
    "SchemaVersion",
    "Type",
    "ValidFrom",
    "ValidTo",
    "Version",
];

/// The member that is meant by a name with other capitals, blanks or signs: what
/// it says would restrict nothing.
fn misspelt(name: &str) -> Option<&'static str> {
    let plain = |name: &str| -> String {
        let letters = name.chars().filter(|c| c.is_alphanumeric());
        letters.flat_map(char::to_lowercase).collect()
    };
    let name = plain(name);
    MEMBERS.into_iter().find(|member| plain(member) == name)
}

/// The rules of a document: a rule, an array of them, or `{"rules": […]}` and
/// nothing beside.
pub(super) fn document(value: &Value) -> Option<&[Value]> {
    match value {
        Value::Array(rules) => Some(rules),
        // With a misspelt name it is a rule still, and one that can't be read.
        Value::Object(_) if MEMBERS.iter().filter(|m| value.get(m).is_some()).count() > 1 => {
            Some(core::slice::from_ref(value))
        }
        // Beside another spelling it would be the wrong half.
        Value::Object(members) if members.len() == 1 => value.get("rules")?.as_array(),
        _ => None,
    }
}

/// How many rules an index names; `None` where it is none. Its members are
/// written small, and there is no logic.
pub(super) fn index(value: &Value) -> Option<usize> {
    let entries = match value {
        Value::Array(entries) => entries.as_slice(),
        Value::Object(_) => value.get("rules").and_then(Value::as_array)?,
        _ => return None,
    };
    let names_a_rule = |entry: &Value| {
        let is_text = |name| entry.get(name).and_then(Value::as_str).is_some();
        let has_rule = MEMBERS.iter().any(|member| entry.get(member).is_some());
        ["identifier", "hash"].into_iter().all(is_text) && !has_rule
    };
    let all = !entries.is_empty() && entries.iter().all(names_a_rule);
    all.then_some(entries.len())
}

/// `BNR-DE-0200`.
fn is_booster_notification(value: &Value) -> bool {
    let text = |name| value.get(name).and_then(Value::as_str).unwrap_or_default();
    text("Identifier").starts_with("BNR-") || text("Type") == "BoosterNotification"
}

/// The identifier, if it has the form of one, for messages.
pub(super) fn identifier(value: &Value) -> Option<&str> {
    let text = value.get("Identifier")?.as_str()?;
    let [a, b'R', b'-', c, d, b'-', number @ ..] = text.as_bytes() else {
        return None;
    };
    // Four digits in the gateway's schema, and any number of them before.
    let digits = (1..=9).contains(&number.len()) && number.iter().all(u8::is_ascii_digit);
    let country = c.is_ascii_uppercase() && d.is_ascii_uppercase();
    (b"GVTRI".contains(a) && country && digits).then_some(text)
}

pub(super) fn rule(value: &Value) -> Result<(Rule, Vec<RuleProblemKind>), RuleFault> {
    let Value::Object(members) = value else {
        return Err(RuleFault::NotObject);
    };
    if is_booster_notification(value) {
        return Err(RuleFault::BoosterNotification);
    }
    let member = |name, expected| RuleFault::Member { name, expected };
    let text = |name| {
        let text = value.get(name).and_then(Value::as_str);
        text.ok_or(member(name, "a text"))
    };
    let version = |name| Version::parse(text(name)?).ok_or(member(name, "a version x.y.z"));
    let time = |name| {
        let time = Timestamp::parse(text(name)?);
        time.map_err(|_| member(name, "an RFC 3339 date and time"))
    };
    let expected = "an identifier such as VR-CH-0001";
    let identifier = identifier(value).ok_or(member("Identifier", expected))?;
    let kind = match text("Type")? {
        "Acceptance" => RuleKind::Acceptance,
        "Invalidation" => RuleKind::Invalidation,
        _ => return Err(member("Type", "Acceptance or Invalidation")),
    };
    let certificate_type = match text("CertificateType")? {
        "General" => CertificateType::General,
        "Vaccination" => CertificateType::Vaccination,
        "Test" => CertificateType::Test,
        "Recovery" => CertificateType::Recovery,
        _ => {
            let expected = "General, Vaccination, Test or Recovery";
            return Err(member("CertificateType", expected));
        }
    };
    let country = text("Country")?;
    if identifier.get(3..5) != Some(country) {
        return Err(RuleFault::Country);
    }
    if identifier.starts_with("IR") != (kind == RuleKind::Invalidation) {
        return Err(RuleFault::Kind);
    }
    let (valid_from, valid_to) = (time("ValidFrom")?, time("ValidTo")?);
    if valid_from >= valid_to {
        return Err(RuleFault::Period {
            valid_from,
            valid_to,
        });
    }

    let mut problems = Vec::new();
    let prefix = match certificate_type {
        CertificateType::General => "GR",
        CertificateType::Vaccination => "VR",
        CertificateType::Test => "TR",
        CertificateType::Recovery => "RR",
    };
    if !identifier.starts_with(prefix) && kind == RuleKind::Acceptance {
        problems.push(RuleProblemKind::Prefix { certificate_type });
    }
    for (name, _) in members.iter() {
        if !MEMBERS.contains(&name) {
            if let Some(name) = misspelt(name) {
                return Err(member(name, "spelt so"));
            }
            let name = shown(name);
            problems.push(RuleProblemKind::UnknownMember { name });
        }
    }
    let logic = logic(value, text("Engine")?, text("EngineVersion")?);
    if let Err(reason) = &logic {
        problems.push(RuleProblemKind::Unusable(reason.clone()));
    }
    let rule = Rule {
        asks: logic.as_ref().map(Asks::of).unwrap_or_default(),
        identifier: identifier.to_owned(),
        version: version("Version")?,
        kind,
        country: country::own_code(country),
        region: region(value)?,
        certificate_type,
        schema_version: version("SchemaVersion")?,
        valid_from,
        valid_to,
        description: description(value, &mut problems),
        affected_fields: affected_fields(value, &mut problems),
        logic,
    };
    Ok((rule, problems))
}

fn logic(value: &Value, engine: &str, version: &str) -> Result<Expression, OpenReason> {
    let known = Version::parse(version).is_some_and(|v| v <= ENGINE_VERSION);
    if engine != ENGINE || !known {
        return Err(OpenReason::Engine {
            engine: shown(engine),
            version: shown(version),
            known: KNOWN,
        });
    }
    let logic = value.get("Logic").unwrap_or(&Value::Null);
    Expression::from_value(logic).map_err(OpenReason::Logic)
}

/// `^[A-Z0-9]{0,5}$` in the gateway's schema; small letters, a hyphen and a
/// few more characters mean nothing else.
fn region(value: &Value) -> Result<Option<String>, RuleFault> {
    let region = match value.get("Region") {
        None | Some(Value::Null) => return Ok(None),
        Some(region) => region.as_str().map(str::trim),
    };
    let plain =
        |r: &&str| r.len() <= 16 && r.bytes().all(|b| b.is_ascii_alphanumeric() || b == b'-');
    let wrong = RuleFault::Member {
        name: "Region",
        expected: "at most 16 letters, digits and hyphens",
    };
    let region = region.filter(plain).ok_or(wrong)?;
    Ok((!region.is_empty()).then(|| region.to_owned()))
}

fn description(value: &Value, problems: &mut Vec<RuleProblemKind>) -> Texts {
    let items = value.get("Description").and_then(Value::as_array);
    let items = items.unwrap_or_default();
    let text = |item: &Value, name| Some(printable(item.get(name)?.as_str()?).into_owned());
    let texts: Vec<_> = items
        .iter()
        .filter_map(|item| Some((text(item, "lang")?, text(item, "desc")?)))
        .collect();
    let english = |(language, _): &(String, String)| language.eq_ignore_ascii_case("en");
    if texts.len() != items.len() || !texts.iter().any(english) {
        problems.push(RuleProblemKind::Description);
    }
    Texts::new(texts)
}

fn affected_fields(value: &Value, problems: &mut Vec<RuleProblemKind>) -> Vec<String> {
    let items = value.get("AffectedFields").and_then(Value::as_array);
    let items = items.unwrap_or_default();
    let fields = items.iter().filter_map(Value::as_str);
    let fields: Vec<_> = fields.map(|f| printable(f).into_owned()).collect();
    if fields.is_empty() || fields.len() != items.len() {
        problems.push(RuleProblemKind::AffectedFields);
    }
    fields
}
