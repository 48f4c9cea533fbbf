//! TOML 1.1.

use alloc::string::ToString;
use alloc::vec::Vec;
use toml::Spanned;
use toml::de::{DeTable, DeValue};
use toml_parser::Source;
use toml_parser::lexer::TokenKind;

use super::super::error::RecognitionError as Error;
use super::{MAX_TEXT, check_size, place};
use crate::rules::certlogic::Value;

/// The deepest nesting of brackets, and the most dots of a key. A policy needs
/// three of each.
const MAX_DEPTH: usize = 8;

pub(in super::super) fn read(text: &str) -> Result<Value, Error> {
    check_size(text.len())?;
    check_depth(text)?;
    let table = DeTable::parse(text).map_err(|error| {
        let at = error.span().map_or(0, |span| span.start);
        // It may repeat what stands in the document.
        syntax(text, at, error.message().escape_debug())
    })?;
    Ok(members(table.get_ref()))
}

fn syntax(text: &str, at: usize, problem: impl Iterator<Item = char>) -> Error {
    let (line, column) = place(text.as_bytes(), at);
    Error::Syntax {
        format: "TOML",
        problem: problem.take(MAX_TEXT).collect(),
        line,
        column,
    }
}

/// The parser (toml 1.2) bounds inline tables and dotted keys at 80 each. A
/// dotted key in each of nested inline tables makes 6,400 levels, and dropping
/// them overflows the stack.
fn check_depth(text: &str) -> Result<(), Error> {
    let mut open = Vec::new();
    let mut dots = 0;
    for token in Source::new(text).lex() {
        let at = token.span().start();
        let mut close = |opened| match open.pop() == Some(opened) {
            true => Ok(()),
            false => Err(syntax(text, at, "unbalanced brackets".chars())),
        };
        match token.kind() {
            TokenKind::Dot => dots += 1,
            kind @ (TokenKind::LeftSquareBracket | TokenKind::LeftCurlyBracket) => {
                dots = 0;
                open.push(kind);
            }
            TokenKind::RightSquareBracket => close(TokenKind::LeftSquareBracket)?,
            TokenKind::RightCurlyBracket => close(TokenKind::LeftCurlyBracket)?,
            TokenKind::Equals | TokenKind::Comma | TokenKind::Newline => dots = 0,
            _ => {}
        }
        if open.len() > MAX_DEPTH || dots > MAX_DEPTH {
            return Err(syntax(text, at, "nested too deeply".chars()));
        }
    }
    Ok(())
}

fn tree(value: &DeValue<'_>) -> Value {
    match value {
        DeValue::String(text) => Value::String(text.clone().into_owned()),
        DeValue::Integer(number) => {
            let read = i64::from_str_radix(number.as_str(), number.radix());
            read.map_or(Value::Number(f64::NAN), Value::Int)
        }
        // No member takes one.
        DeValue::Float(_) => Value::Number(f64::NAN),
        DeValue::Boolean(value) => Value::Bool(*value),
        DeValue::Datetime(time) => Value::String(time.to_string()),
        DeValue::Array(items) => {
            Value::Array(items.iter().map(|item| tree(item.get_ref())).collect())
        }
        DeValue::Table(table) => members(table),
    }
}

fn members(table: &DeTable<'_>) -> Value {
    let member = |(name, value): (&Spanned<_>, &Spanned<DeValue<'_>>)| {
        let name: &alloc::borrow::Cow<'_, str> = name.get_ref();
        (name.clone().into_owned(), tree(value.get_ref()))
    };
    Value::object(table.iter().map(member))
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use super::*;
    use alloc::{format, vec};

    #[test]
    fn nesting_is_bounded_before_anything_is_built() {
        let dotted = |dots: usize| vec!["a"; dots + 1].join(".");
        let refused = |text: &str| match read(text).unwrap_err() {
            Error::Syntax { problem, .. } => problem,
            other => other.to_string(),
        };
        assert!(read(&format!("{} = 1", dotted(8))).is_ok());
        assert_eq!(refused(&format!("{} = 1", dotted(9))), "nested too deeply");
        assert!(read(&format!("a = {}1{}", "[".repeat(8), "]".repeat(8))).is_ok());
        let deep = format!("a = {}1{}", "[".repeat(9), "]".repeat(9));
        assert_eq!(refused(&deep), "nested too deeply");

        let level = format!("{{{} = ", dotted(79));
        let tower = format!("a = {}1{}", level.repeat(79), "}".repeat(79));
        assert_eq!(refused(&tower), "nested too deeply");
        assert_eq!(refused("a = [}"), "unbalanced brackets");
        assert_eq!(refused("]"), "unbalanced brackets");
        // Neither in strings nor in comments.
        let text = format!("a = \"{0}\" # {0}\n", "[.".repeat(20));
        assert!(read(&text).is_ok());
    }
}
