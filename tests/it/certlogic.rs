//! CertLogic 1.3.3, section by section; wrong types are errors, and hostile
//! input ends in one.

use hcert::rules::certlogic::{
    DateTime, EvalError, EvalFault, EvalLimits, Expression, ExpressionFault, JsonError, Operator,
    Value,
};
use proptest::prelude::*;
use serde_json::{Value as Json, json};

fn evaluate(expression: &Json, data: &Json) -> Result<Value, EvalError> {
    let expression = Expression::parse(&expression.to_string()).unwrap();
    let data = Value::parse(&data.to_string()).unwrap();
    expression.evaluate(&data, &EvalLimits::default())
}

#[track_caller]
fn gives(expression: Json, data: Json, expected: Json) {
    let value = evaluate(&expression, &data).unwrap();
    let value: Json = serde_json::from_str(&value.to_json()).unwrap();
    assert_eq!(value, expected, "{expression} of {data}");
}

/// The code of the error, and where it is.
#[track_caller]
fn fails(expression: Json, data: Json, code: &str, path: &str) {
    let error = evaluate(&expression, &data).unwrap_err();
    assert_eq!((error.code(), error.path()), (code, path), "{error}");
    assert!(expression.pointer(path).is_some(), "{path}");
}

#[track_caller]
fn refused(expression: Json, code: &str, path: &str) {
    let error = Expression::parse(&expression.to_string()).unwrap_err();
    assert_eq!((error.code(), error.path()), (code, path), "{error}");
    assert!(expression.pointer(path).is_some(), "{path}");
}

fn time(text: &str) -> Json {
    json!({"plusTime": [text, 0, "day"]})
}

// Validation

#[test]
fn literals_are_booleans_integers_strings_and_arrays() {
    for literal in [json!(true), json!(-7), json!(""), json!(["a", [1, false]])] {
        gives(literal.clone(), Json::Null, literal);
    }
    refused(json!(null), "expression-literal", "");
    refused(json!([1, 2.5]), "expression-literal", "/1");
    refused(json!({"!": [null]}), "expression-literal", "/!/0");
    // An integer, whatever its form.
    assert_eq!(
        Expression::parse("42.0").unwrap().to_string(),
        Expression::parse("42").unwrap().to_string()
    );
    for wrong in ["9223372036854775808", "1e300", "0.1"] {
        let error = Expression::parse(wrong).unwrap_err();
        assert_eq!(error.code(), "expression-literal", "{wrong}");
    }
}

#[test]
fn an_operation_is_one_member_with_its_operands() {
    refused(json!({}), "expression-members", "");
    refused(
        json!([{"+": [1, 1], "-": [1, 1]}]),
        "expression-members",
        "/0",
    );
    refused(json!({"+": 1}), "expression-operands-not-array", "");
    refused(
        json!({"or": [true, true]}),
        "expression-unknown-operation",
        "",
    );
    refused(
        json!({"if": [true, {"cat": ["a"]}, 1]}),
        "expression-unknown-operation",
        "/if/1",
    );
}

#[test]
fn each_operation_counts_its_operands() {
    for operator in Operator::ALL {
        if *operator == Operator::Var {
            continue;
        }
        for count in 0..=5 {
            let mut operands = vec![json!("2021"); count];
            // What has to be an integer or a time unit is one.
            for (at, operand) in operands.iter_mut().enumerate().skip(1) {
                match (operator, at) {
                    (Operator::PlusTime | Operator::ExtractFromUvci, 1) => *operand = json!(1),
                    (Operator::PlusTime, 2) => *operand = json!("day"),
                    _ => {}
                }
            }
            let expression = json!({operator.id(): operands});
            let parsed = Expression::parse(&expression.to_string());
            if operator.operands().contains(&count) {
                assert_eq!(parsed.unwrap().to_string(), expression.to_string());
            } else {
                let error = parsed.unwrap_err();
                let (operator, found) = (*operator, count);
                let fault = ExpressionFault::OperandCount { operator, found };
                assert_eq!((error.path(), error.fault()), ("", &fault));
            }
        }
    }
}

#[test]
fn operands_that_are_no_expressions_are_checked() {
    for path in [json!(0), json!(null), json!(["x"]), json!({"var": "x"})] {
        refused(json!([{"var": path}]), "expression-var-operand", "/0");
    }
    for path in [".", "x.", ".x", "x..y"] {
        refused(json!({"var": path}), "expression-var-path", "");
    }
    for amount in [json!("1"), json!(1.5), json!({"var": "x"}), json!(null)] {
        let expression = json!({"plusTime": ["2021", amount, "day"]});
        refused(expression, "expression-not-integer", "");
        let expression = json!({"extractFromUVCI": ["", amount]});
        refused(expression, "expression-not-integer", "");
    }
    for unit in [json!("days"), json!("minute"), json!("Day"), json!(1)] {
        refused(
            json!({"plusTime": ["2021", 1, unit]}),
            "expression-time-unit",
            "",
        );
    }
}

#[test]
fn an_expression_has_a_greatest_length_and_depth() {
    let nested = |depth: usize| {
        let (open, close) = (r#"{"!":["#.repeat(depth), "]}".repeat(depth));
        Expression::parse(&format!("{open}1{close}"))
    };
    assert!(nested(Expression::MAX_DEPTH - 1).is_ok());
    let too_deep = ExpressionFault::TooDeep {
        max: Expression::MAX_DEPTH,
    };
    assert_eq!(
        nested(Expression::MAX_DEPTH).unwrap_err().fault(),
        &too_deep
    );
    assert_eq!(nested(20_000).unwrap_err().code(), "json-syntax");
    let mut value = Value::Null;
    for _ in 0..Expression::MAX_DEPTH {
        value = Value::Array(vec![value]);
    }
    assert_eq!(
        Expression::from_value(&value).unwrap_err().fault(),
        &too_deep
    );

    let long = format!("\"{}\"", "x".repeat(Expression::MAX_BYTES));
    let error = Expression::parse(&long).unwrap_err();
    assert_eq!(error.code(), "expression-too-long");
}

#[test]
fn json_that_reads_two_ways_is_refused() {
    let twice = r#"{"var": "a", "var": "b"}"#;
    let error = Expression::parse(twice).unwrap_err();
    assert_eq!(error.code(), "json-duplicate-member");
    assert!(matches!(
        Value::parse(r#"{"a": {"b": 1, "c": 2, "b": 3}}"#),
        Err(JsonError::DuplicateMember { .. })
    ));
    for wrong in ["", "{", "[1,]", "1 2", "nul", "{\"a\": 1e999}"] {
        assert!(matches!(Value::parse(wrong), Err(JsonError::Syntax { .. })));
    }
}

// Values

#[test]
fn truthy_falsy_and_neither() {
    for falsy in [
        json!(null),
        json!(false),
        json!(0),
        json!(-0.0),
        json!(""),
        json!([]),
        json!({}),
    ] {
        gives(json!({"!": [{"var": ""}]}), falsy, json!(true));
    }
    for truthy in [
        json!(true),
        json!(-1),
        json!("0"),
        json!([null]),
        json!({"a": null}),
    ] {
        gives(json!({"!": [{"var": ""}]}), truthy, json!(false));
    }
    for (expression, path) in [
        (json!({"!": [{"var": ""}]}), "/!/0"),
        (json!({"if": [{"var": ""}, true, true]}), "/if/0"),
        (json!({"and": [true, {"var": ""}]}), "/and/1"),
    ] {
        fails(expression, json!(2.5), "certlogic-type", path);
    }
    let date = time("2021");
    fails(json!({"!": [date]}), json!(null), "certlogic-type", "/!/0");
    fails(
        json!({"if": [date, 1, 1]}),
        json!(null),
        "certlogic-type",
        "/if/0",
    );
    fails(
        json!({"and": [date, 1]}),
        json!(null),
        "certlogic-type",
        "/and/0",
    );
    fails(
        json!({"and": [1, date]}),
        json!(null),
        "certlogic-type",
        "/and/1",
    );
}

// Data access

#[test]
fn var_finds_null_where_nothing_is() {
    let data = json!({"a": [{"b": "x", "": 1, "0": 2}, [3]], "0": 4, "s": "text"});
    for (path, expected) in [
        ("a.0.b", json!("x")),
        ("a.1.0", json!(3)),
        ("a.+1.00", json!(3)),
        ("a.-1", json!(null)),
        ("a.2", json!(null)),
        ("a.99999999999999999999999", json!(null)),
        ("a.length", json!(null)),
        ("a.0x", json!(null)),
        ("s.length", json!(null)),
        ("s.0", json!(null)),
        ("a.0.b.c.d", json!(null)),
        ("constructor", json!(null)),
        // An integer indexes arrays, not objects.
        ("0", json!(null)),
        ("a.0.0", json!(null)),
    ] {
        gives(json!({"var": path}), data.clone(), expected);
    }
    gives(json!({"var": ""}), data.clone(), data);
}

// Infix operations

#[test]
fn equality_knows_no_coercion() {
    let equal = json!({"===": [{"var": "0"}, {"var": "1"}]});
    for (l, r, expected) in [
        (json!("a"), json!("a"), true),
        (json!("a"), json!("A"), false),
        (json!(1), json!(1), true),
        (json!(1), json!("1"), false),
        (json!(1), json!(true), false),
        (json!(0), json!(null), false),
        (json!(""), json!(null), false),
        (json!(null), json!(null), true),
        (json!(false), json!(false), true),
        (json!(1.5), json!(1.5), true),
        (json!(1), json!(1.0), true),
        (json!([]), json!({}), false),
        (json!([]), json!(null), false),
    ] {
        gives(equal.clone(), json!([l, r]), json!(expected));
    }
    for (l, r) in [(json!([1]), json!([1])), (json!({}), json!({}))] {
        fails(equal.clone(), json!([l, r]), "certlogic-equality", "");
        let array = json!({"in": [{"var": "0"}, {"var": ""}]});
        fails(array, json!([l, r]), "certlogic-equality", "");
    }
    let dates = json!({"===": [time("2021"), time("2021")]});
    fails(dates, json!(null), "certlogic-equality", "");
}

#[test]
fn sums_are_exact_or_errors() {
    let sum = json!({"+": [{"var": "0"}, {"var": "1"}]});
    gives(
        sum.clone(),
        json!([9_007_199_254_740_993i64, 2]),
        json!(9_007_199_254_740_995i64),
    );
    fails(sum.clone(), json!([i64::MAX, 1]), "certlogic-overflow", "");
    fails(sum.clone(), json!([i64::MIN, -1]), "certlogic-overflow", "");
}

#[test]
fn and_and_if_leave_out_what_they_need_not() {
    let bad = json!({"+": ["a", 1]});
    gives(json!({"and": [0, bad]}), json!(null), json!(0));
    gives(json!({"if": [[], bad, "b"]}), json!(null), json!("b"));
    gives(json!({"if": [1, "a", bad]}), json!(null), json!("a"));
    gives(json!({"and": [1, "a", [2]]}), json!(null), json!([2]));
}

#[test]
fn comparisons_look_at_all_operands() {
    type Holds = fn(i64, i64) -> bool;
    let relations: [(_, Holds); 4] = [
        (["<", "before"], |l, r| l < r),
        ([">", "after"], |l, r| l > r),
        (["<=", "not-after"], |l, r| l <= r),
        ([">=", "not-before"], |l, r| l >= r),
    ];
    for ([number, date], holds) in relations {
        for triple in (0..27).map(|n| [n / 9, n / 3 % 3, n % 3]) {
            let dates = triple.map(|n| time(&format!("202{n}-01-01")));
            let [a, b, c] = triple;
            let two = json!(holds(a, b));
            let three = json!(holds(a, b) && holds(b, c));
            gives(json!({number: [a, b]}), json!(null), two.clone());
            gives(json!({date: &dates[..2]}), json!(null), two);
            gives(json!({number: triple}), json!(null), three.clone());
            gives(json!({date: dates}), json!(null), three);
        }
        // Although the first two already say false.
        let operands = json!({number: [1, 1, "x"]});
        fails(
            operands,
            json!(null),
            "certlogic-type",
            &format!("/{number}/2"),
        );
    }
}

// Date-times

#[test]
fn instants_compare_across_offsets() {
    let equal = json!({"not-after": [
        time("2021-06-01T00:30:00+02:00"),
        time("2021-05-31T22:30:00.0009"),
        time("2021-06-01T00:30:00+0200")
    ]});
    gives(equal, json!(null), json!(true));
}

#[test]
fn dates_of_birth_are_the_last_day_that_can_be_meant() {
    let born = json!({"dccDateOfBirth": [{"var": ""}]});
    for (text, expected) in [
        ("1952", "1952-12-31T00:00:00.000Z"),
        ("1952-02", "1952-02-29T00:00:00.000Z"),
        ("1953-02", "1953-02-28T00:00:00.000Z"),
        ("1952-02-07", "1952-02-07T00:00:00.000Z"),
    ] {
        gives(born.clone(), json!(text), json!(expected));
    }
    for wrong in ["", "1952-13", "1952-02-30", "1952-02-07T00:00:00Z", "XX"] {
        let path = "/dccDateOfBirth/0";
        fails(born.clone(), json!(wrong), "certlogic-not-a-date", path);
        let plus = json!({"plusTime": [{"var": ""}, 0, "day"]});
        if !wrong.contains('T') {
            fails(plus, json!(wrong), "certlogic-not-a-date", "/plusTime/0");
        }
    }
}

#[test]
fn date_times_beyond_the_range_are_errors() {
    for unit in ["year", "month", "day", "hour"] {
        for amount in [i64::MIN, -9_999_999_999, 9_999_999_999, i64::MAX] {
            let expression = json!({"plusTime": ["2021-01-31", amount, unit]});
            fails(expression, json!(null), "certlogic-date-range", "");
        }
    }
    assert_eq!(DateTime::from_milliseconds(i64::MAX), None);
}

// Reduction, UVCI

#[test]
fn reduce_folds_from_the_left_and_sees_nothing_else() {
    let list = json!({"reduce": [{"var": "x"}, [{"var": "accumulator"}, {"var": "current"}], 0]});
    gives(list, json!({"x": [1, 2]}), json!([[0, 1], 2]));
    let whole = json!({"reduce": [{"var": "x"}, {"var": ""}, {"var": "y"}]});
    let folded = json!({"accumulator": 7, "current": 1});
    gives(whole.clone(), json!({"x": [1], "y": 7}), folded);
    gives(whole.clone(), json!({"x": [], "y": 7}), json!(7));
    gives(whole, json!({"x": null, "y": 7}), json!(7));
    for path in ["x", "y", "data.y", "0", "current.y", "accumulator.0"] {
        let outer = json!({"reduce": [{"var": "x"}, {"var": path}, 5]});
        gives(outer, json!({"x": [1], "y": 7}), json!(null));
    }
    let inner = json!({"reduce": [{"var": "x"},
        {"reduce": [{"var": "current"}, {"+": [{"var": "accumulator"}, {"var": "current"}]},
                    {"var": "accumulator"}]}, 0]});
    gives(inner.clone(), json!({"x": [[1, 2], [], [3]]}), json!(6));
    let path = "/reduce/1/reduce/1/+/1";
    fails(inner, json!({"x": [[1], ["a"]]}), "certlogic-type", path);
}

#[test]
fn fragments_of_an_identifier() {
    let extract = |index: i64| json!({"extractFromUVCI": [{"var": ""}, index]});
    for (uvci, index, expected) in [
        ("URN:UVCI:01:SE:EHM/V12907267LAJW#E", 1, json!("SE")),
        ("URN:UVCI:URN:UVCI:01", 1, json!("UVCI")),
        ("urn:uvci:01", 0, json!("urn")),
        ("a::c/#/f", 4, json!("")),
        ("a", 1, json!(null)),
        ("a", -1, json!(null)),
        ("a", i64::MAX, json!(null)),
        ("a", i64::MIN, json!(null)),
    ] {
        gives(extract(index), json!(uvci), expected);
    }
}

// An error is never a value

/// One value of each type, as an expression over [`DATA`].
fn samples() -> Vec<(&'static str, Json)> {
    let of = |kind| (kind, json!({"var": kind}));
    let mut samples = vec![
        ("date-time", time("2021-06-01")),
        ("missing", json!({"var": "x"})),
    ];
    samples.extend(["null", "bool", "int", "number", "string", "array", "object"].map(of));
    samples
}

fn sample_data() -> Json {
    json!({"null": null, "bool": true, "int": 1, "number": 1.5, "string": "2021-06-01",
           "array": [1], "object": {"a": 1}})
}

/// Operands that work, and for each of them the types that work.
fn well_typed(operator: Operator) -> (Vec<Json>, Vec<&'static [&'static str]>) {
    const ANY: &[&str] = &[
        "date-time",
        "missing",
        "null",
        "bool",
        "int",
        "number",
        "string",
        "array",
        "object",
    ];
    const TRUTH: &[&str] = &[
        "missing", "null", "bool", "int", "string", "array", "object",
    ];
    const INT: &[&str] = &["int"];
    const DATE: &[&str] = &["date-time"];
    const TEXT: &[&str] = &["string"];
    match operator {
        Operator::Var => (vec![], vec![]),
        Operator::If => (vec![json!(true); 3], vec![TRUTH, ANY, ANY]),
        Operator::And => (vec![json!(true); 3], vec![TRUTH; 3]),
        Operator::Equal => (vec![json!(1); 2], vec![ANY; 2]),
        Operator::In => (vec![json!(1), json!([1])], vec![ANY, &["array"]]),
        Operator::Plus => (vec![json!(1); 2], vec![INT; 2]),
        Operator::Less | Operator::Greater | Operator::LessOrEqual | Operator::GreaterOrEqual => {
            (vec![json!(1); 3], vec![INT; 3])
        }
        Operator::Before | Operator::After | Operator::NotAfter | Operator::NotBefore => {
            (vec![time("2021"); 3], vec![DATE; 3])
        }
        Operator::Not => (vec![json!(1)], vec![TRUTH]),
        Operator::PlusTime => (vec![json!("2021"), json!(1), json!("day")], vec![TEXT]),
        Operator::DccDateOfBirth => (vec![json!("2021")], vec![TEXT]),
        Operator::Reduce => (
            vec![json!([1]), json!({"var": "current"}), json!(1)],
            vec![&["array", "missing", "null"], ANY, ANY],
        ),
        Operator::ExtractFromUvci => (
            vec![json!("a:b"), json!(1)],
            vec![&["string", "missing", "null"]],
        ),
        _ => unreachable!("an operation without a test"),
    }
}

#[test]
fn each_operation_refuses_each_wrong_type() {
    let mut refusals = 0;
    for operator in Operator::ALL {
        let (operands, types) = well_typed(*operator);
        for (at, types) in types.iter().enumerate() {
            for (kind, sample) in samples() {
                let mut operands = operands.clone();
                operands[at] = sample;
                let expression = json!({operator.id(): operands});
                if types.contains(&kind) {
                    evaluate(&expression, &sample_data()).unwrap();
                    continue;
                }
                let path = format!("/{operator}/{at}");
                fails(expression.clone(), sample_data(), "certlogic-type", &path);
                refusals += 1;
                never_a_value(&expression);
            }
        }
    }
    assert_eq!(refusals, 254);
}

/// Whatever evaluates it has no value either.
fn never_a_value(bad: &Json) {
    for around in [
        json!([bad]),
        json!({"!": [bad]}),
        json!({"!": [{"!": [bad]}]}),
        json!({"if": [bad, true, true]}),
        json!({"if": [true, bad, true]}),
        json!({"and": [true, bad]}),
        json!({"and": [bad, true]}),
        json!({"===": [bad, bad]}),
        json!({"in": [bad, [true]]}),
        json!({"in": [true, [true, bad]]}),
        json!({"reduce": [[], true, bad]}),
    ] {
        assert!(evaluate(&around, &sample_data()).is_err(), "{around}");
    }
}

// Hostile input

#[test]
fn values_that_double_run_out_of_steps() {
    let double =
        json!({"reduce": [{"var": ""}, [{"var": "accumulator"}, {"var": "accumulator"}], 1]});
    let data = json!(vec![1; 64]);
    let error = evaluate(&double, &data).unwrap_err();
    assert_eq!(error.fault(), &EvalFault::TooManySteps { max: 100_000 });

    let long = json!({"x": "x".repeat(1 << 20), "list": vec!["y".repeat(1 << 20); 4]});
    let compare = json!({"in": [{"var": "x"}, {"var": "list"}]});
    fails(compare, long, "certlogic-too-many-steps", "");
}

#[test]
fn values_that_nest_have_an_end() {
    let nest = json!({"reduce": [{"var": ""}, [{"var": "accumulator"}], 1]});
    let data = json!(vec![1; 5_000]);
    assert_eq!(
        evaluate(&nest, &data).unwrap_err().code(),
        "certlogic-too-deep"
    );
}

#[test]
fn the_steps_are_an_argument() {
    let sum = Expression::parse(r#"{"+": [1, {"var": "x"}]}"#).unwrap();
    let data = Value::object([("x", 2.into())]);
    let mut limits = EvalLimits::default();
    for (max_steps, enough) in [(2, false), (3, true)] {
        limits.max_steps = max_steps;
        assert_eq!(sum.evaluate(&data, &limits).is_ok(), enough);
    }
}

#[test]
fn nothing_of_the_data_shows() {
    let data = json!({"Quxmarker": "Quxmarker", "list": ["Quxmarker", 1.5]});
    for bad in [
        json!({"+": [{"var": "Quxmarker"}, 1]}),
        json!({"plusTime": [{"var": "Quxmarker"}, 1, "day"]}),
        json!({"dccDateOfBirth": [{"var": "Quxmarker"}]}),
        json!({"!": [{"var": "list.1"}]}),
        json!({"in": [1, {"var": ""}]}),
        json!({"extractFromUVCI": [{"var": "list"}, 1]}),
    ] {
        let error = evaluate(&bad, &data).unwrap_err();
        let shown = format!("{error} {error:?}");
        assert!(
            !shown.contains("Quxmarker") && !shown.contains("1.5"),
            "{shown}"
        );
    }
    let value = Value::parse(&data.to_string()).unwrap();
    assert_eq!(format!("{value:?}"), "Object(2 members)");
    let marker = value.get("Quxmarker").unwrap();
    assert_eq!(format!("{marker:?}"), "String(redacted)");
    let error = Value::parse(r#"{"Quxmarker": 1, "Quxmarker": 2}"#).unwrap_err();
    assert!(!format!("{error} {error:?}").contains("Quxmarker"));
}

#[test]
fn the_paths_that_are_looked_at() {
    let expression = r#"{"if": [{"var": "payload.v.0"}, {"reduce": [{"var": "payload.v"},
        {"var": "current.dn"}, {"plusTime": [{"var": "external.validationClock"}, 0, "day"]}]}, 1]}"#;
    assert_eq!(
        Expression::parse(expression).unwrap().paths(),
        [
            "payload.v.0",
            "payload.v",
            "current.dn",
            "external.validationClock"
        ]
    );
}

fn any_text() -> impl Strategy<Value = String> {
    prop_oneof![
        "[a-c]?",
        "[0-9]{4}(-[0-9]{2}){0,2}",
        r"[12][0-9]{3}-[01][0-9]-[0-3][0-9]T[0-2][0-9]:00:00(\.[0-9]{1,6})?(Z|[+-][0-9]{1,4})?",
        any::<String>(),
    ]
}

fn any_json() -> impl Strategy<Value = Json> {
    let leaf = prop_oneof![
        Just(Json::Null),
        any::<bool>().prop_map(Json::from),
        any::<i64>().prop_map(Json::from),
        (-3i64..3).prop_map(Json::from),
        any::<i32>().prop_map(|n| json!(f64::from(n) / 4.0)),
        any_text().prop_map(Json::from),
    ];
    leaf.prop_recursive(4, 32, 4, |inner| {
        prop_oneof![
            prop::collection::vec(inner.clone(), 0..4).prop_map(Json::from),
            prop::collection::btree_map("[a-c]", inner, 0..4)
                .prop_map(|members| Json::Object(members.into_iter().collect())),
        ]
    })
}

fn any_expression() -> impl Strategy<Value = Json> {
    let var = r"([a-c]|0|1|current|accumulator)(\.([a-c]|0|1)){0,2}|";
    let leaf = prop_oneof![
        3 => var.prop_map(|path| json!({"var": path})),
        1 => any::<bool>().prop_map(Json::from),
        1 => (-3i64..3).prop_map(Json::from),
        1 => any_text().prop_map(Json::from),
    ];
    let units = prop::sample::select(vec!["year", "month", "day", "hour"]);
    leaf.prop_recursive(5, 48, 3, move |inner| {
        let operators = prop::sample::select(Operator::ALL[1..].to_vec());
        let operands = prop::collection::vec(inner.clone(), 3);
        let amount = prop_oneof![any::<i64>(), -40i64..40];
        let operation = (operators, operands, amount, units.clone(), any::<bool>()).prop_map(
            |(operator, mut operands, amount, unit, more)| {
                let count = operator.operands();
                let most = *count.end().min(&3);
                operands.truncate(if more { most } else { *count.start() });
                match operator {
                    Operator::PlusTime => {
                        operands[1] = json!(amount);
                        operands[2] = json!(unit);
                    }
                    Operator::ExtractFromUvci => operands[1] = json!(amount),
                    _ => {}
                }
                json!({operator.id(): operands})
            },
        );
        prop_oneof![4 => operation, 1 => prop::collection::vec(inner, 0..3).prop_map(Json::from)]
    })
}

proptest! {
    #![proptest_config(ProptestConfig { failure_persistence: None, ..ProptestConfig::with_cases(512) })]

    #[test]
    fn any_json_is_an_expression_or_an_error(json in any_json(), data in any_json()) {
        let text = json.to_string();
        match Expression::parse(&text) {
            Ok(expression) => {
                let data = Value::parse(&data.to_string()).unwrap();
                let _ = expression.evaluate(&data, &EvalLimits::default());
            }
            Err(error) => prop_assert!(json.pointer(error.path()).is_some()),
        }
        let value = Value::parse(&text).unwrap();
        let again = Value::parse(&value.to_json()).unwrap();
        prop_assert_eq!(again.to_json(), value.to_json());
    }

    #[test]
    fn any_text_is_an_expression_or_an_error(text in any::<String>()) {
        let _ = (Expression::parse(&text), Value::parse(&text));
    }

    #[test]
    fn an_expression_prints_as_it_was_read(json in any_expression()) {
        let expression = Expression::parse(&json.to_string()).unwrap();
        prop_assert_eq!(expression.to_string(), json.to_string());
        let again = Expression::parse(&expression.to_string()).unwrap();
        prop_assert!(again == expression);
    }

    #[test]
    fn evaluation_ends_the_same_way_each_time(json in any_expression(), data in any_json()) {
        let expression = Expression::parse(&json.to_string()).unwrap();
        let data = Value::parse(&data.to_string()).unwrap();
        let limits = EvalLimits::default();
        let result = expression.evaluate(&data, &limits);
        if let Err(error) = &result {
            prop_assert!(json.pointer(error.path()).is_some(), "{}", error);
        }
        let again = expression.evaluate(&data, &limits);
        let same = match (&again, &result) {
            (Ok(again), Ok(result)) => again.to_json() == result.to_json(),
            (again, result) => again == result,
        };
        prop_assert!(same);
    }
}
