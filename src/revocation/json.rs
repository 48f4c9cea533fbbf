//! Lists and identifiers as JSON.

use super::{Identifier, RevocationInfo};
use crate::codec::json::write::{WriteJson, object};
use crate::codec::text::hex;
use alloc::string::String;

impl WriteJson for RevocationInfo {
    fn write_json(&self, out: &mut String) {
        object(out, |object| {
            object.put("label", self.label());
            object.put("format", self.format().code());
            object.put("authenticated", &self.is_authenticated());
            object.put("identity", &self.identity());
            object.put("dated", &self.dated());
            object.put("issued_at", &self.issued_at());
            object.put("expires_at", &self.expires_at());
            object.put("newest_entry", &self.newest_entry());
            object.put("fetched_at", &self.fetched_at());
            object.put("as_of", &self.as_of());
            object.put("sequence", &self.sequence());
        });
    }
}

impl WriteJson for Identifier {
    fn write_json(&self, out: &mut String) {
        object(out, |object| {
            object.put("kind", self.kind().code());
            object.put("sha256", &hex(self.hash()));
        });
    }
}
