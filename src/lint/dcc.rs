//! The EU DCC beyond its schema.

use alloc::borrow::ToOwned;
use alloc::format;
use alloc::string::String;
use alloc::vec::Vec;
use ciborium::Value;

use super::{Report, member_name};
use crate::codec::item::{Item, encoded};
use crate::format::hc1::{eu_dcc, schema};
use crate::issue::DepartureCode::{ValueInactive, ValueUnknown};
use crate::issue::departure::departures;
use crate::record::ValueSets;
use crate::record::is_country_or_organisation;
use crate::record::translit::{NameLanguage, transliterate, transliterate_as};
use crate::record::{Uvci, UvciCheck};
use crate::{Date, Timestamp};

const PREFIX: &str = "URN:UVCI:";
const GROUPS: [&str; 3] = ["v", "t", "r"];

/// Passports cut names off, so that a long enough beginning is a name, too.
const CUT_OFF: usize = 30;

pub(super) fn lint(
    dcc: &Value,
    issued_at: Option<Timestamp>,
    sets: &ValueSets,
    report: &mut Report,
) {
    version(dcc, report);
    let bytes = encoded(dcc);
    let item = Item::read(&bytes);
    // What has no shape is named elsewhere.
    if let Ok(record) = eu_dcc::read_item(item) {
        let is_earlier = schema::is_before_1_3_0(item);
        for departure in departures(&record, issued_at, sets) {
            // Codes are looked up below, those of countries among them.
            if !matches!(departure.kind(), ValueUnknown | ValueInactive) {
                report.departure(&departure, is_earlier);
            }
        }
    }
    for at in schema::unknown_members(item) {
        let names: Vec<_> = at.split('.').map(shown).collect();
        report.find("member-extra", names.join("."));
    }
    if let Some(born) = text(dcc, "dob")
        && born.len() < 10
    {
        report.find("dob-partial", "dob");
    }
    if let Some(names) = get(dcc, "nam") {
        for name in ["fn", "fnt", "gn", "gnt"] {
            if get(names, name).is_none() {
                report.find("name-missing", format!("nam.{name}"));
            }
        }
        for (name, standard) in [("fn", "fnt"), ("gn", "gnt")] {
            if let (Some(name), Some(written)) = (text(names, name), text(names, standard))
                && !is_transliteration(name, written)
            {
                report.find("name-transliteration", format!("nam.{standard}"));
            }
        }
    }
    let mut kinds = Vec::new();
    let mut count = 0_usize;
    for group in GROUPS {
        let entries = get(dcc, group).and_then(Value::as_array);
        for (n, entry) in entries.into_iter().flatten().enumerate() {
            if n == 0 {
                kinds.push(group);
            }
            count += 1;
            Entry {
                entry,
                at: format!("{group}[{n}]"),
                sets,
                report,
            }
            .lint(group, issued_at);
        }
    }
    if count > 1 {
        report.find("entries-several", "");
    }
    report.fact("groups", kinds.join(" "));
    report.fact("entries", count);
}

/// A segment of a path: `v[0]`, `nam`, `dr`.
fn shown(segment: &str) -> &str {
    match segment.split_once('[') {
        Some((group, _)) if GROUPS.contains(&group) => segment,
        _ => member_name(segment),
    }
}

fn version(dcc: &Value, report: &mut Report) {
    let Some(version) = text(dcc, "ver") else {
        return;
    };
    let plain = |b: u8| b.is_ascii_digit() || b == b'.';
    if version.len() <= 8 && version.bytes().all(plain) {
        report.fact("version", version);
    }
    if version == schema::CURRENT {
        return;
    }
    report.find("version-old", "ver");
    let mut current = dcc.clone();
    for (key, value) in current.as_map_mut().into_iter().flatten() {
        if key.as_text() == Some("ver") {
            *value = Value::from(schema::CURRENT);
        }
    }
    let (mut own, mut later) = (Vec::new(), Vec::new());
    schema::check(Item::read(&encoded(dcc)), &mut own);
    schema::check(Item::read(&encoded(&current)), &mut later);
    for deviation in later.iter().filter(|deviation| !own.contains(deviation)) {
        report.find("schema-current", deviation.at());
    }
}

fn is_transliteration(name: &str, written: &str) -> bool {
    use NameLanguage::{Belarusian, Bulgarian, Macedonian, Serbian, Ukrainian};
    let languages = [Belarusian, Bulgarian, Macedonian, Serbian, Ukrainian];
    let fits =
        |made: &str| made == written || (written.len() >= CUT_OFF && made.starts_with(written));
    let Ok(made) = transliterate(name) else {
        // The passport's spelling is not known here.
        return true;
    };
    let mut others = languages.iter().map(|l| transliterate_as(name, *l));
    fits(&made) || others.any(|made| made.is_ok_and(|made| fits(&made)))
}

struct Entry<'a> {
    entry: &'a Value,
    at: String,
    sets: &'a ValueSets,
    report: &'a mut Report,
}

impl Entry<'_> {
    fn lint(mut self, group: &str, issued_at: Option<Timestamp>) {
        for member in ["tg", "vp", "mp", "ma", "tt", "tr", "co"] {
            self.value(member);
        }
        match group {
            "v" => self.before("dt", issued_at),
            "t" => {
                self.before("sc", issued_at);
                for time in ["sc", "dr"] {
                    if self.text(time).is_some_and(|text| text.contains('.')) {
                        self.find("time-fraction", time);
                    }
                }
            }
            _ => {
                self.before("fr", issued_at);
                let day = |name| Date::parse(self.text(name)?.get(..10)?).ok();
                if let (Some(from), Some(until)) = (day("df"), day("du"))
                    && until < from
                {
                    self.find("period", "du");
                }
            }
        }
        let country = self.text("co").unwrap_or_default().to_owned();
        if !country.is_empty() && !is_country_or_organisation(&country) {
            self.find("country-form", "co");
        }
        if let Some(id) = self.text("ci").filter(|id| !id.is_empty()) {
            let id = id.to_owned();
            self.identifier(&id, &country);
        }
    }

    fn text(&self, name: &str) -> Option<&str> {
        text(self.entry, name)
    }

    fn find(&mut self, code: &'static str, name: &str) {
        self.report.find(code, format!("{}.{name}", self.at));
    }

    fn value(&mut self, name: &str) {
        let set = self.sets.for_field(&format!("{}.{name}", self.at));
        // Schema and empty texts are reported elsewhere.
        let value = self.text(name).filter(|value| !value.is_empty());
        let (Some(set), Some(value)) = (set.filter(|set| set.is_whole()), value) else {
            return;
        };
        match set.get(value) {
            Some(entry) if entry.is_active() => {}
            Some(_) => self.find("value-inactive", name),
            None if name == "co" && (!is_country_form(value) || is_user_assigned(value)) => {}
            None => self.find("value-unknown", name),
        }
    }

    fn before(&mut self, name: &str, issued_at: Option<Timestamp>) {
        let Some(written) = self.text(name) else {
            return;
        };
        let day = || Some(Date::parse(written.get(..10)?).ok()?.midnight());
        // A day begins up to 14 hours earlier than in UTC.
        let earliest = Timestamp::parse(written).ok();
        let earliest = earliest.or_else(|| Some(day()?.plus(-14 * 3600)));
        if let (Some(then), Some(issued_at)) = (earliest, issued_at)
            && then > issued_at
        {
            self.find("date-after-issue", name);
        }
    }

    fn identifier(&mut self, id: &str, country: &str) {
        let prefix = id.get(..PREFIX.len());
        if !prefix.is_some_and(|prefix| prefix.eq_ignore_ascii_case(PREFIX)) {
            self.find("uvci-prefix", "ci");
        }
        let Ok(uvci) = Uvci::parse(id) else {
            return self.find("uvci-form", "ci");
        };
        if uvci.version().is_some_and(|version| version != "01") {
            self.find("uvci-version", "ci");
        }
        if uvci.opaque().is_none() || uvci.conformance().is_err() {
            self.find("uvci-form", "ci");
        }
        // The identifier of an organisation names the country that issues.
        let is_organisation = country.len() != 2 && is_country_or_organisation(country);
        let names_other = uvci.country().is_some_and(|named| named != country);
        if names_other && !country.is_empty() && !is_organisation {
            self.find("uvci-country", "ci");
        }
        if let UvciCheck::Mismatch { .. } = uvci.check() {
            self.find("uvci-check", "ci");
        }
    }
}

fn is_country_form(code: &str) -> bool {
    code.len() == 2 && code.bytes().all(|b| b.is_ascii_uppercase())
}

/// What ISO 3166-1 leaves to its users, such as XX in tests.
fn is_user_assigned(code: &str) -> bool {
    matches!(
        code.as_bytes(),
        b"AA" | b"ZZ" | [b'Q', b'M'..=b'Z'] | [b'X', _]
    )
}

fn get<'a>(map: &'a Value, name: &str) -> Option<&'a Value> {
    let mut members = map.as_map()?.iter();
    let found = members.find(|(key, _)| key.as_text() == Some(name));
    found.map(|(_, value)| value)
}

fn text<'a>(map: &'a Value, name: &str) -> Option<&'a str> {
    match get(map, name)? {
        Value::Tag(_, inner) => inner.as_text(),
        value => value.as_text(),
    }
}
