//! The text, base45 and zlib (hcert-spec 1.0.8 §4; RFC 9285; RFC 1950).

use super::{ALPHABET, Case, Error, Suite, deflate, prefixed, symbol, v};

pub fn add(suite: &mut Suite) -> Result<(), Error> {
    prefixes(suite)?;
    alphabet(suite)?;
    overflow(suite)?;
    surroundings(suite)?;
    zlib(suite)
}

/// A certificate whose zlib stream has an even or odd number of bytes.
fn with_parity(suite: &Suite, parity: usize) -> Result<(Vec<u8>, Vec<u8>, super::Message), Error> {
    for filler in 0..32 {
        let mut dcc = v();
        dcc["nam"]["gn"] = "G".repeat(filler + 1).into();
        let message = suite.certificate(&dcc)?;
        let stream = deflate(&message.bytes(), 9)?;
        if stream.len() % 2 == parity {
            return Ok((message.bytes(), stream, message));
        }
    }
    Err("no certificate of that length".into())
}

fn good(suite: &Suite) -> Result<Case, Error> {
    let (_, _, message) = with_parity(suite, 0)?;
    Case::new("", "", &message)
}

fn prefixes(suite: &mut Suite) -> Result<(), Error> {
    let whole = good(suite)?.input;
    let body = whole.trim_start_matches("HC1:");
    let wrong = [
        ("empty", "An empty text.", String::new()),
        (
            "alone-without-colon",
            "The prefix without its colon and nothing after it.",
            "HC1".into(),
        ),
        (
            "without-colon",
            "The colon of the prefix is missing.",
            format!("HC1{body}"),
        ),
        (
            "semicolon",
            "A semicolon in the place of the colon.",
            format!("HC1;{body}"),
        ),
        (
            "lower-case",
            "The prefix in lower case; base45 and the QR alphanumeric mode have none.",
            format!("hc1:{body}"),
        ),
        ("missing", "base45 without a prefix.", body.into()),
        (
            "after-x",
            "A character in front of the prefix.",
            format!("X{whole}"),
        ),
        (
            "nzcp",
            "The prefix of another format (New Zealand COVID Pass).",
            "NZCP:/1/AAAABBBBCCCCDDDDEEEEFFFF".into(),
        ),
    ];
    for (id, description, text) in wrong {
        suite.push(
            Case::text(
                format!("prefix-{id}"),
                format!("hcert-spec §4.2.2: {description}"),
                text,
            )
            .flags(&["prefix"])
            .invalid("decode", "prefix"),
        );
    }
    suite.push(
        Case::text(
            "prefix-light",
            "LT1: a full certificate under the prefix of Switzerland's light certificate, which is a format of its own.",
            format!("LT1:{body}"),
        )
        .flags(&["prefix"])
        .invalid("content", "payload-shape")
        .skips("key-usage", "no-content")
        .skips("time", "no-content"),
    );
    for (id, version) in [("2", '2'), ("9", '9'), ("a", 'A'), ("0", '0')] {
        suite.push(
            Case::text(
                format!("prefix-version-{id}"),
                format!("hcert-spec §4.2.2: version {version} of the context identifier is not known; only version 1 is defined."),
                format!("HC{version}:{body}"),
            )
            .flags(&["prefix"])
            .invalid("decode", "prefix-version"),
        );
    }
    for inner in ["HC1", "LT1"] {
        suite.push(
            Case::text(
                format!("prefix-twice-{}", inner.to_lowercase()),
                "hcert-spec §4.2.2: two prefixes. The second one is read as base45, which then fits no bytes.",
                format!("HC1:{inner}:{body}"),
            )
            .flags(&["prefix"])
            .invalid("decode", "base45-group"),
        );
    }
    suite.push(
        Case::compressed("prefix-alone", "hcert-spec §4.2.2: the prefix with nothing after it is base45 of no bytes, which is no zlib stream.", vec![])
            .flags(&["prefix"])
            .invalid("decode", "zlib-header"),
    );
    let long = format!("HC1:{}", "0".repeat(16 * 1024 - 3));
    suite.push(
        Case::text("text-too-long", "A text of 16,385 bytes. A QR symbol holds 4,296 alphanumeric characters at most, so nothing real is refused.", long)
            .flags(&["limit", "boundary"])
            .invalid("decode", "text-too-long"),
    );
    Ok(())
}

fn alphabet(suite: &mut Suite) -> Result<(), Error> {
    let whole = good(suite)?.input;
    let body: String = whole.chars().skip(4).collect();
    let replaced = |with: &str| format!("HC1:{with}{}", body.chars().skip(1).collect::<String>());
    let wrong = [
        (
            "lower-case",
            "the whole text in lower case",
            format!("HC1:{}", body.to_lowercase()),
        ),
        (
            "lower-case-letter",
            "one letter in lower case",
            replaced("a"),
        ),
        (
            "equals-sign",
            "the padding character of base64",
            format!("{whole}="),
        ),
        ("underscore", "a character of base64url", replaced("_")),
        ("nul", "U+0000", replaced("\0")),
        (
            "line-end-inside",
            "a line end in the middle",
            format!("HC1:\n{body}"),
        ),
        (
            "c1-control",
            "U+0080, a byte of 0x80 in Latin-1",
            replaced("\u{80}"),
        ),
        (
            "latin-1",
            "U+00FF, a byte of 0xFF in Latin-1",
            replaced("\u{ff}"),
        ),
        (
            "no-break-space",
            "U+00A0, which many trim functions take for a blank, at the end",
            format!("{whole}\u{a0}"),
        ),
        (
            "kelvin-sign",
            "U+212A, whose lower case is the ASCII letter k",
            replaced("\u{212a}"),
        ),
        ("sharp-s", "U+00DF, whose upper case is SS", replaced("ß")),
        (
            "full-width-digit",
            "U+FF11, a digit to Unicode",
            replaced("\u{ff11}"),
        ),
        (
            "emoji",
            "U+1F600, outside the Basic Multilingual Plane",
            replaced("\u{1f600}"),
        ),
        (
            "byte-order-mark",
            "U+FEFF after the prefix",
            format!("HC1:\u{feff}{body}"),
        ),
    ];
    for (id, what, text) in wrong {
        suite.push(
            Case::text(
                format!("base45-character-{id}"),
                format!("RFC 9285 §4.2 and §6: {what} is not in the base45 alphabet."),
                text,
            )
            .flags(&["alphabet"])
            .invalid("decode", "base45-character"),
        );
    }
    Ok(())
}

fn overflow(suite: &mut Suite) -> Result<(), Error> {
    for (id, text, what) in [
        ("65536", "GGW", "GGW stands for 65,536"),
        ("65537", "HGW", "HGW stands for 65,537"),
        ("91124", ":::", "::: stands for 91,124, the largest triple"),
        ("pair-256", "V5", "the pair V5 stands for 256, above a byte"),
        ("pair-257", "W5", "the pair W5 stands for 257, above a byte"),
        (
            "pair-2024",
            "::",
            "the pair :: stands for 2,024, the largest one",
        ),
        ("lone-character", "A", "a lone character stands for no byte"),
        (
            "lone-last-character",
            "FGWA",
            "a lone last character stands for no byte",
        ),
        ("later", "FGWFGWGGW", "the third triple overflows"),
    ] {
        suite.push(
            Case::text(
                format!("base45-group-{id}"),
                format!("RFC 9285 §4.3 and §6: {what}."),
                format!("HC1:{text}"),
            )
            .flags(&["base45-overflow"])
            .invalid("decode", "base45-group"),
        );
    }
    for (id, text, bytes) in [
        ("triple-65535", "FGW", vec![0xff, 0xff]),
        ("pair-255", "U5", vec![0xff]),
    ] {
        suite.push(
            Case::compressed(format!("base45-largest-{id}"), format!("RFC 9285 §4.3: {text} is the largest value that fits. The base45 is right; what is in it is no zlib stream."), bytes)
                .input(format!("HC1:{text}"))
                .flags(&["base45-overflow", "boundary"])
                .invalid("decode", "zlib-header"),
        );
    }

    // Aliases of a valid certificate, which a decoder that masks would accept.
    let text = good(suite)?.input;
    let values: Vec<usize> = text
        .bytes()
        .skip(4)
        .filter_map(|b| ALPHABET.iter().position(|a| *a == b))
        .collect();
    let mut alias = String::from("HC1:");
    let mut done = false;
    for triple in values.chunks(3) {
        let number = triple.iter().rev().fold(0, |n, value| 45 * n + value);
        let shifted = if !done && triple.len() == 3 && number + 65_536 < 45 * 45 * 45 {
            done = true;
            number + 65_536
        } else {
            number
        };
        alias.extend((0..triple.len()).map(|n| symbol(shifted / 45usize.pow(n as u32))));
    }
    suite.push(
        Case::text("base45-alias-triple", "RFC 9285 §6: a valid certificate with 65,536 added to one triple. A decoder that keeps the low 16 bits accepts it, and gives one certificate several texts.", alias)
            .flags(&["base45-overflow"])
            .invalid("decode", "base45-group"),
    );
    let (_, stream, _) = with_parity(suite, 1)?;
    let last = usize::from(*stream.last().ok_or("an empty stream")?) + 256;
    let mut alias = prefixed(&stream);
    alias.truncate(alias.len() - 2);
    alias.extend([symbol(last), symbol(last / 45)]);
    suite.push(
        Case::text("base45-alias-pair", "RFC 9285 §6: a valid certificate with 256 added to the last pair. A decoder that keeps the low 8 bits accepts it.", alias)
            .flags(&["base45-overflow"])
            .invalid("decode", "base45-group"),
    );
    let cut: String = text.chars().take(text.len() - 2).collect();
    suite.push(
        Case::text(
            "base45-cut-off",
            "RFC 9285 §4.3: a valid certificate without its last two characters leaves a lone one.",
            cut,
        )
        .flags(&["base45-overflow"])
        .invalid("decode", "base45-group"),
    );
    Ok(())
}

fn surroundings(suite: &mut Suite) -> Result<(), Error> {
    let whole = good(suite)?.input;
    for (id, what, text) in [
        ("line-feed-after", "a line feed after", format!("{whole}\n")),
        (
            "carriage-return-after",
            "carriage return and line feed after",
            format!("{whole}\r\n"),
        ),
        ("tab-after", "a tab after", format!("{whole}\t")),
        ("blank-before", "a blank before", format!(" {whole}")),
        (
            "lines-around",
            "line ends around",
            format!("\r\n\n{whole}\n\n"),
        ),
    ] {
        suite.push(
            good(suite)?
                .named(format!("text-{id}"), format!("hcert-spec §4.2.2: {what} the text, as files and copying leave it. None of it is base45 data, so it is dropped and reported."))
                .input(text)
                .flags(&["white-space"])
                .deviates(&["text-surroundings"]),
        );
    }
    suite.push(
        good(suite)?
            .named(
                "text-strict-line-feed",
                "The strict policy of this project refuses a line feed after the text.",
            )
            .input(format!("{whole}\n"))
            .flags(&["white-space", "choice"])
            .policy("strict")
            .invalid("policy", "strict")
            .deviates(&["text-surroundings"]),
    );
    suite.push(
        Case::text("text-blank-after", "RFC 9285 §4.2: a blank is data, also the last one. A certificate of whole triples with a blank after it has a lone last character. Trimming would accept it.", format!("{whole} "))
            .flags(&["white-space"])
            .invalid("decode", "base45-group"),
    );
    suite.push(
        Case::text("text-percent-escape", "RFC 9285 §4.2: %, 2 and 0 are base45 characters. A certificate whose blanks went through a URL is not repaired.", whole.replace(' ', "%20"))
            .flags(&["white-space"])
            .invalid("decode", "base45-group"),
    );
    Ok(())
}

fn zlib(suite: &mut Suite) -> Result<(), Error> {
    let (cose, stream, message) = with_parity(suite, 0)?;
    let valid = |id: &str, what: &str, stream: Vec<u8>| -> Result<Case, Error> {
        Ok(Case::new(
            format!("zlib-{id}"),
            format!("RFC 1950 §2.2: {what}"),
            &message,
        )?
        .stream(stream)
        .flags(&["compression"]))
    };
    for (level, what) in [
        (0, "stored blocks, without compression, in a zlib stream"),
        (1, "the fastest level (header 78 01)"),
        (6, "the default level (header 78 9c)"),
        (9, "the best level (header 78 da)"),
    ] {
        suite.push(valid(
            &format!("level-{level}"),
            &format!("{what} is read."),
            deflate(&cose, level)?,
        )?);
    }
    let with_header = |header: [u8; 2]| [&header, stream.get(2..).unwrap_or_default()].concat();
    suite.push(valid(
        "header-78-5e",
        "the header 78 5e, which some encoders write, is read; the level in it is for information.",
        with_header([0x78, 0x5e]),
    )?);
    let adler_at = stream.len() - 4;
    let body = stream.get(2..adler_at).unwrap_or_default();
    let mut flipped = stream.clone();
    if let Some(last) = flipped.last_mut() {
        *last ^= 1;
    }
    let mut dictionary = with_header([0x78, 0xf9]);
    dictionary.splice(2..2, [0, 0, 0, 1]);
    let gzip = [&[0x1f, 0x8b, 8, 0, 0, 0, 0, 0, 2, 255], body, &[0; 8]].concat();
    let wrong: Vec<(&str, &str, Vec<u8>, &str)> = vec![
        (
            "header-raw-deflate",
            "raw DEFLATE without the zlib header.",
            body.to_vec(),
            "zlib-header",
        ),
        (
            "header-uncompressed",
            "the COSE_Sign1 without any compression. The specification compresses always; falling back gives one certificate two texts.",
            cose.clone(),
            "zlib-header",
        ),
        ("header-gzip", "a gzip header.", gzip, "zlib-header"),
        (
            "header-check",
            "the check bits of the header are wrong.",
            with_header([0x78, 0xdb]),
            "zlib-header",
        ),
        (
            "header-method",
            "a compression method other than 8.",
            with_header([0x79, 0x1a]),
            "zlib-header",
        ),
        (
            "header-window",
            "a window of 64 KiB, which is more than the format has.",
            with_header([0x88, 0x1c]),
            "zlib-header",
        ),
        (
            "header-one-byte",
            "a single byte.",
            vec![0x78],
            "zlib-header",
        ),
        (
            "dictionary",
            "a preset dictionary is wanted (FDICT).",
            dictionary,
            "zlib-dictionary",
        ),
        (
            "damaged-adler",
            "the Adler-32 checksum is wrong by one bit.",
            flipped,
            "zlib-damaged",
        ),
        (
            "damaged-block-type",
            "a block of the reserved type 3.",
            [&[0x78, 0xda, 0x07], body].concat(),
            "zlib-damaged",
        ),
        (
            "cut-off-adler",
            "the Adler-32 checksum is missing.",
            stream.get(..adler_at).unwrap_or_default().to_vec(),
            "zlib-cut-off",
        ),
        (
            "cut-off-last-byte",
            "the last byte is missing.",
            stream.get(..stream.len() - 1).unwrap_or_default().to_vec(),
            "zlib-cut-off",
        ),
        (
            "cut-off-half",
            "the second half of the stream is missing.",
            stream.get(..stream.len() / 2).unwrap_or_default().to_vec(),
            "zlib-cut-off",
        ),
        (
            "cut-off-header-alone",
            "nothing follows the header.",
            vec![0x78, 0xda],
            "zlib-cut-off",
        ),
        (
            "trailing-byte",
            "a byte follows the stream.",
            [&stream[..], &[0]].concat(),
            "zlib-trailing",
        ),
        (
            "trailing-stream",
            "a second stream follows.",
            [&stream[..], &stream[..]].concat(),
            "zlib-trailing",
        ),
    ];
    for (id, what, stream, code) in wrong {
        suite.push(
            Case::compressed(
                format!("zlib-{id}"),
                format!("RFC 1950 §2.2 and hcert-spec §4.2.1: {what}"),
                stream,
            )
            .flags(&["compression"])
            .invalid("decode", code),
        );
    }
    suite.push(
        Case::compressed("zlib-bomb", "10,000,000 zeros in about 10 KB. The limit has to hold while inflating, not afterwards.", deflate(&vec![0; 10_000_000], 9)?)
            .flags(&["zip-bomb", "limit"])
            .invalid("decode", "zlib-too-large"),
    );
    suite.push(
        Case::compressed(
            "zlib-over-limit",
            "65,537 zeros, one byte past the budget.",
            deflate(&vec![0; 65_537], 9)?,
        )
        .flags(&["zip-bomb", "limit", "boundary"])
        .invalid("decode", "zlib-too-large"),
    );
    Ok(())
}
