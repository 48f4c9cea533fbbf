//! The layers of `docs/DESIGN.md`: no file of `src` uses what lies below it,
//! and no two files use each other but a module and what it contains.

use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;

/// From above to below: a module uses its own layer and those before it.
const LAYERS: &[&[&str]] = &[
    &["limits", "time", "deviation", "lazy", "parallel"],
    &["codec"],
    &["crypto"],
    &["envelope"],
    &["record"],
    &["format"],
    &["trust"],
    &["revocation"],
    &["verify"],
    &["rules"],
    &["issue", "lint", "qr", "words"],
];

#[test]
fn no_file_uses_a_layer_below_it_or_one_that_uses_it() {
    let sources = read(Path::new(concat!(env!("CARGO_MANIFEST_DIR"), "/src")));
    assert!(sources.len() > 100, "{} files", sources.len());
    let faults = House::of(&sources).faults();
    let shown: Vec<String> = faults.iter().map(|fault| fault.to_string()).collect();
    assert!(shown.is_empty(), "\n{}", shown.join("\n"));
}

#[test]
fn an_arrow_to_a_lower_layer_is_found_through_any_path() {
    for (file, text) in [
        ("codec.rs", "use crate::trust::Kid;"),
        ("codec.rs", "fn f() -> crate::trust::Kid { todo!() }"),
        (
            "codec.rs",
            "use crate::{Limits, trust as t}; fn f(_: t::Kid) {}",
        ),
        // By a name that the root gives it.
        ("codec.rs", "use crate::Kid;"),
        ("record/entry.rs", "use super::super::trust::Kid;"),
        ("record/entry.rs", "use super::Kid;"),
    ] {
        let found = seeded(file, text);
        assert!(
            matches!(&found[..], [Fault::Below { to, .. }] if to == "trust/key.rs"),
            "{file}: {text}: {found:?}"
        );
    }
    for (file, text) in [
        (
            "codec.rs",
            "// use crate::trust::Kid;\n/* crate::trust::Kid */",
        ),
        (
            "codec.rs",
            "/// [`Kid`](crate::trust::Kid)\nfn f() { \"crate::trust::Kid\"; }",
        ),
        (
            "codec.rs",
            "#[cfg(test)]\nmod tests { use crate::trust::Kid; }",
        ),
        ("trust/key.rs", "use crate::codec::head; use super::Store;"),
        ("verify.rs", "use crate::Kid;"),
    ] {
        let found = seeded(file, text);
        assert!(found.is_empty(), "{file}: {text}: {found:?}");
    }
}

#[test]
fn files_that_use_each_other_are_found() {
    let found = seeded("trust/key.rs", "use super::store::find;");
    assert!(
        matches!(&found[..], [Fault::Cycle(files)] if files[..] == ["trust/key.rs", "trust/store.rs"]),
        "{found:?}"
    );
}

/// A small house in which one file has a further text.
fn seeded(file: &str, text: &str) -> Vec<Fault> {
    let mut sources = BTreeMap::new();
    for (name, text) in [
        (
            "lib.rs",
            "mod limits; mod codec; pub mod record; pub mod trust; pub mod verify; \
             pub use limits::Limits; pub use trust::Kid;",
        ),
        ("limits.rs", "pub struct Limits;"),
        ("codec.rs", "pub fn head() {}"),
        ("record.rs", "mod entry; use crate::trust::Kid as Unused;"),
        ("record/entry.rs", "struct Entry;"),
        (
            "trust.rs",
            "mod key; mod store; pub use key::Kid; pub struct Store;",
        ),
        ("trust/key.rs", "pub struct Kid;"),
        ("trust/store.rs", "use super::Kid; pub fn find(_: Kid) {}"),
        ("verify.rs", ""),
    ] {
        // The parent's import exists where the case needs it.
        let text = match name {
            "record.rs" => match file {
                "record/entry.rs" => "mod entry; mod names { } pub(crate) use crate::trust::Kid;",
                _ => "mod entry;",
            },
            _ => text,
        };
        sources.insert(name.to_owned(), text.to_owned());
    }
    sources
        .get_mut(file)
        .unwrap()
        .push_str(&format!("\n{text}"));
    let house = House::of(&sources);
    let is_seed = |fault: &Fault| !fault.is("record.rs", "trust/key.rs");
    house.faults().into_iter().filter(is_seed).collect()
}

/// The sources, by their place below `src`.
fn read(src: &Path) -> BTreeMap<String, String> {
    let mut sources = BTreeMap::new();
    let mut folders = vec![src.to_owned()];
    while let Some(folder) = folders.pop() {
        for entry in std::fs::read_dir(folder).unwrap() {
            let path = entry.unwrap().path();
            if path.is_dir() {
                folders.push(path);
            } else if path.extension().is_some_and(|e| e == "rs") {
                let name = path.strip_prefix(src).unwrap().to_str().unwrap();
                let text = std::fs::read_to_string(&path).unwrap();
                sources.insert(name.replace('\\', "/"), text);
            }
        }
    }
    sources
}

#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
enum Fault {
    Below {
        from: String,
        to: String,
    },
    Cycle(Vec<String>),
    /// A module that no layer names.
    Unplaced(String),
}

impl Fault {
    fn is(&self, a: &str, b: &str) -> bool {
        matches!(self, Self::Below { from, to } if from == a && to == b)
    }
}

impl std::fmt::Display for Fault {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Self::Below { from, to } => write!(f, "{from} uses {to}, which lies below it"),
            Self::Cycle(files) => write!(f, "use each other: {}", files.join(" ")),
            Self::Unplaced(file) => write!(f, "{file} is in no layer"),
        }
    }
}

/// A module's path below the crate's root.
type Name = Vec<String>;

#[derive(Default)]
struct Module {
    file: String,
    children: BTreeSet<String>,
    /// What it imports, by the name that it has here.
    imports: BTreeMap<String, Vec<String>>,
    /// Modules of which it imports all.
    globs: Vec<Vec<String>>,
    /// Every path that occurs in it.
    paths: Vec<Vec<String>>,
}

struct House {
    modules: BTreeMap<Name, Module>,
}

impl House {
    fn of(sources: &BTreeMap<String, String>) -> Self {
        let mut house = Self {
            modules: BTreeMap::new(),
        };
        let mut left: Vec<(Name, String)> = vec![(Vec::new(), "lib.rs".into())];
        while let Some((name, file)) = left.pop() {
            let module = module(&file, &sources[&file]);
            for child in &module.children {
                let mut name = name.clone();
                name.push(child.clone());
                let path = name.join("/");
                let mut files = [format!("{path}.rs"), format!("{path}/mod.rs")].into_iter();
                if let Some(file) = files.find(|file| sources.contains_key(file)) {
                    left.push((name, file));
                }
            }
            house.modules.insert(name, module);
        }
        house
    }

    /// The module in which what a path names is defined. `None`: in no module
    /// of the crate, or it is a module itself.
    fn resolve(&self, at: &Name, path: &[String], depth: u8) -> Option<Name> {
        let (mut at, mut rest) = (at.clone(), path);
        let mut begins = true;
        loop {
            let (first, more) = rest.split_first()?;
            let module = self.modules.get(&at)?;
            match first.as_str() {
                "crate" if begins => at = Vec::new(),
                "self" if begins => {}
                "super" => {
                    at.pop()?;
                }
                name => {
                    let mut child = at.clone();
                    child.push(name.to_owned());
                    if self.modules.contains_key(&child) {
                        at = child;
                    } else if let Some(import) = module.imports.get(name) {
                        if depth > 20 {
                            return None;
                        }
                        let whole = [import, more].concat();
                        return self.resolve(&at, &whole, depth + 1);
                    } else if begins {
                        // Another crate, or a name of this module.
                        return None;
                    } else if let Some(found) = module
                        .globs
                        .iter()
                        .filter(|_| depth < 20)
                        .find_map(|glob| self.resolve(&at, &[glob, rest].concat(), depth + 1))
                        .filter(|found| *found != at)
                    {
                        return Some(found);
                    } else {
                        return Some(at);
                    }
                }
            }
            begins = false;
            rest = more;
        }
    }

    /// Who uses what is defined where.
    fn edges(&self) -> BTreeMap<&Name, BTreeSet<Name>> {
        let mut edges = BTreeMap::new();
        for (name, module) in &self.modules {
            let paths = module.paths.iter().chain(module.imports.values());
            let mut used: BTreeSet<_> = paths
                .filter_map(|path| self.resolve(name, path, 0))
                .collect();
            used.remove(name);
            edges.insert(name, used);
        }
        edges
    }

    fn faults(&self) -> Vec<Fault> {
        let edges = self.edges();
        let mut faults = BTreeSet::new();
        let layer = |name: &Name| {
            let room = name.first()?;
            LAYERS
                .iter()
                .position(|rooms| rooms.contains(&room.as_str()))
        };
        for (name, used) in &edges {
            // The root names what is public.
            if name.is_empty() {
                continue;
            }
            let Some(own) = layer(name) else {
                faults.insert(Fault::Unplaced(self.modules[*name].file.clone()));
                continue;
            };
            for target in used {
                if layer(target).is_some_and(|other| other > own) {
                    faults.insert(Fault::Below {
                        from: self.modules[*name].file.clone(),
                        to: self.modules[target].file.clone(),
                    });
                }
            }
        }
        faults.extend(self.cycles(&edges).into_iter().map(Fault::Cycle));
        faults.into_iter().collect()
    }

    /// Files that use each other, round about or not, apart from those that
    /// use what contains them.
    fn cycles(&self, edges: &BTreeMap<&Name, BTreeSet<Name>>) -> Vec<Vec<String>> {
        let next = |name: &Name| -> Vec<Name> {
            let used = edges.get(name).into_iter().flatten();
            used.filter(|target| !name.starts_with(target))
                .cloned()
                .collect()
        };
        let reached = |from: &Name| {
            let (mut seen, mut left) = (BTreeSet::new(), next(from));
            while let Some(name) = left.pop() {
                if seen.insert(name.clone()) {
                    left.extend(next(&name));
                }
            }
            seen
        };
        let reach: BTreeMap<&Name, _> = edges.keys().map(|name| (*name, reached(name))).collect();
        let mut rings = BTreeSet::new();
        for (name, seen) in &reach {
            if seen.contains(*name) {
                let ring = seen.iter().filter(|other| reach[other].contains(*name));
                let files: Vec<_> = ring.map(|name| self.modules[name].file.clone()).collect();
                rings.insert(files);
            }
        }
        rings.into_iter().collect()
    }
}

fn module(file: &str, text: &str) -> Module {
    let tokens = tokens(text);
    let mut module = Module {
        file: file.into(),
        ..Module::default()
    };
    let is = |at: usize, token: &str| tokens.get(at).is_some_and(|found| found == token);
    let mut at = 0;
    while at < tokens.len() {
        if is(at, "#") && tokens[at..].starts_with(&TEST.map(String::from)) {
            at = skip_item(&tokens, at + TEST.len());
            continue;
        }
        if is(at, "mod") && is(at + 2, ";") {
            module.children.insert(tokens[at + 1].clone());
            at += 3;
            continue;
        }
        // Not the captures of an `impl Trait`.
        if is(at, "use") && !is(at + 1, "<") {
            at = imports(&tokens, at + 1, &mut Vec::new(), &mut module);
            continue;
        }
        if is_name(&tokens[at]) && (at == 0 || !is(at - 1, "::")) && is(at + 1, "::") {
            let mut path = vec![tokens[at].clone()];
            while is(at + 1, "::") && tokens.get(at + 2).is_some_and(|t| is_name(t)) {
                path.push(tokens[at + 2].clone());
                at += 2;
            }
            module.paths.push(path);
        }
        at += 1;
    }
    module
}

const TEST: [&str; 7] = ["#", "[", "cfg", "(", "test", ")", "]"];

/// The place after an item.
fn skip_item(tokens: &[String], mut at: usize) -> usize {
    let mut depth = 0_usize;
    while let Some(token) = tokens.get(at) {
        at += 1;
        match token.as_str() {
            "{" | "(" | "[" => depth += 1,
            "}" | ")" | "]" => {
                depth -= 1;
                if depth == 0 && token == "}" {
                    break;
                }
            }
            ";" if depth == 0 => break,
            _ => {}
        }
    }
    at
}

/// Reads one branch of a use tree; the place after it.
fn imports(tokens: &[String], mut at: usize, path: &mut Vec<String>, into: &mut Module) -> usize {
    let length = path.len();
    while let Some(token) = tokens.get(at) {
        match token.as_str() {
            "::" => at += 1,
            "{" => {
                at += 1;
                while tokens[at] != "}" {
                    at = imports(tokens, at, path, into);
                    if tokens[at] == "," {
                        at += 1;
                    }
                }
                at += 1;
                path.truncate(length);
                return at;
            }
            "*" => {
                into.globs.push(path.clone());
                path.truncate(length);
                return at + 1;
            }
            "as" => {
                into.imports.insert(tokens[at + 1].clone(), path.clone());
                path.truncate(length);
                return at + 2;
            }
            "," | "}" | ";" => break,
            name => {
                path.push(name.to_owned());
                at += 1;
            }
        }
    }
    if path.len() > length {
        if path.len() > 1 && path.last().is_some_and(|last| last == "self") {
            path.pop();
        }
        if let Some(last) = path.last() {
            into.imports.insert(last.clone(), path.clone());
        }
    }
    path.truncate(length);
    at
}

fn is_name(token: &str) -> bool {
    token.starts_with(|c: char| c.is_alphabetic() || c == '_')
}

/// Names and signs, without comments, texts and characters.
fn tokens(text: &str) -> Vec<String> {
    let mut tokens: Vec<String> = Vec::new();
    let mut rest = text;
    while let Some(first) = rest.chars().next() {
        let skip = if rest.starts_with("//") {
            rest.find('\n').unwrap_or(rest.len())
        } else if rest.starts_with("/*") {
            rest.find("*/").map_or(rest.len(), |at| at + 2)
        } else if let Some(length) = raw_text(rest) {
            length
        } else if first == '"' || rest.starts_with("b\"") {
            quoted(rest)
        } else if first == '\'' {
            character(rest)
        } else if first.is_alphanumeric() || first == '_' {
            let end = rest.find(|c: char| !(c.is_alphanumeric() || c == '_'));
            let end = end.unwrap_or(rest.len());
            tokens.push(rest[..end].to_owned());
            end
        } else if rest.starts_with("::") {
            tokens.push("::".into());
            2
        } else {
            if !first.is_whitespace() {
                tokens.push(first.to_string());
            }
            first.len_utf8()
        };
        rest = &rest[skip..];
    }
    tokens
}

/// The length of a raw text, if one begins here.
fn raw_text(rest: &str) -> Option<usize> {
    let hashes = rest.strip_prefix("br").or_else(|| rest.strip_prefix('r'))?;
    let begin = rest.len() - hashes.len();
    let count = hashes.bytes().take_while(|b| *b == b'#').count();
    let inside = hashes[count..].strip_prefix('"')?;
    let end = format!("\"{}", "#".repeat(count));
    let length = inside.find(&end)?;
    Some(begin + count + 1 + length + end.len())
}

fn quoted(rest: &str) -> usize {
    let mut escaped = true;
    for (at, c) in rest.char_indices().skip(usize::from(rest.starts_with('b'))) {
        match c {
            '"' if !escaped => return at + 1,
            '\\' if !escaped => escaped = true,
            _ => escaped = false,
        }
    }
    rest.len()
}

/// A character, or the sign of a lifetime.
fn character(rest: &str) -> usize {
    let mut chars = rest.char_indices().skip(1);
    match (chars.next(), chars.next()) {
        (Some((_, '\\')), Some(_)) => {
            let end = chars.find(|(_, c)| *c == '\'');
            end.map_or(rest.len(), |(at, _)| at + 1)
        }
        (Some(_), Some((at, '\''))) => at + 1,
        _ => 1,
    }
}
