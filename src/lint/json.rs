//! A report as JSON.

use super::{Finding, Report, Severity};
use crate::codec::json::write::{WriteJson, document, object};
use alloc::string::String;

impl Report {
    /// The report as JSON, on one line: the document `lint` of
    /// `test-vectors/verdict-schema.json`, which `docs/json.md` explains.
    ///
    /// ```
    /// use hcert::lint::Linter;
    /// let json = Linter::new().code("hc1:6BF").to_json();
    /// assert!(json.starts_with(r#"{"version":1,"errors":1,"#), "{json}");
    /// ```
    pub fn to_json(&self) -> String {
        document(|object| {
            for (name, severity) in [
                ("errors", Severity::Error),
                ("warnings", Severity::Warning),
                ("notes", Severity::Note),
            ] {
                object.put(name, &self.count(severity));
            }
            object.object("facts", |object| {
                for (n, (name, value)) in self.facts().iter().enumerate() {
                    // A member stands once.
                    if self.facts().iter().take(n).all(|(other, _)| other != name) {
                        object.put(name, value);
                    }
                }
            });
            object.list("findings", self.findings());
        })
    }
}

crate::codec::json::write::serialize_as_json!(Report);

impl WriteJson for Finding {
    fn write_json(&self, out: &mut String) {
        object(out, |object| {
            object.put("severity", self.severity().name());
            object.put("code", self.code());
            object.put("clause", self.clause());
            object.put("at", self.at());
            object.put("message", self.message());
            object.put("help", self.help());
        });
    }
}
