//! `conformance` on whole clones, as they are laid out.

use hcert_testkit::programs::{Files, run};
use serde_json::{Value, json};

fn write(files: &Files, path: &str, content: &str) {
    let path = files.0.join(path);
    std::fs::create_dir_all(path.parent().unwrap()).unwrap();
    std::fs::write(path, content).unwrap();
}

fn rule(identifier: &str) -> Value {
    json!({
        "Identifier": identifier, "Type": "Acceptance", "Country": &identifier[3..5],
        "Version": "1.0.0", "SchemaVersion": "1.0.0", "Engine": "CERTLOGIC",
        "EngineVersion": "0.7.5", "CertificateType": "General",
        "Description": [{"lang": "en", "desc": "A rule for tests."}],
        "ValidFrom": "2021-07-01T00:00:00Z", "ValidTo": "2030-06-01T00:00:00Z",
        "AffectedFields": ["ver"], "Logic": {"===": [{"var": "payload.ver"}, "1.3.0"]},
    })
}

fn test_of(version: &str, expected: bool) -> String {
    let test = json!({
        "name": version, "payload": {"ver": version}, "external": {}, "expected": expected,
    });
    test.to_string()
}

/// What a clone has beside the folders of the states.
fn clone(files: &Files) {
    write(files, "README.md", "# Rules");
    write(files, "LICENSE", "…");
    write(files, "package.json", "{}");
    write(files, ".git/HEAD", "ref: refs/heads/main");
    write(files, ".git/tests/x.json", "{");
    write(files, ".github/workflows/ci.yml", "on: push");
    let schema = json!({"$schema": "http://json-schema.org/draft-07/schema#", "type": "object"});
    write(files, "tests/schema.json", &schema.to_string());
}

fn rules(files: &Files) {
    for identifier in ["GR-AT-0001", "GR-CH-0001", "GR-CH-0002"] {
        let folder = format!("{}/{identifier}", &identifier[3..5]);
        write(
            files,
            &format!("{folder}/rule.json"),
            &rule(identifier).to_string(),
        );
        write(
            files,
            &format!("{folder}/tests/test001.json"),
            &test_of("1.3.0", true),
        );
        write(
            files,
            &format!("{folder}/tests/test002.json"),
            &test_of("1.2.0", false),
        );
    }
    write(files, "CH/README.md", "…");
}

#[test]
fn business_rules_of_a_whole_clone_are_all_run() {
    let files = Files::new("clone-rules");
    clone(&files);
    rules(&files);
    let ran = run(
        "conformance",
        &["business-rules", files.0.to_str().unwrap(), "--json"],
    );
    assert_eq!(ran.status, 0, "{}", ran.err);
    assert_eq!(ran.lines().len(), 6, "{}", ran.out);
    assert!(
        ran.err.contains("6 tests: 6 agree, 0 disagree"),
        "{}",
        ran.err
    );
    // README, LICENSE, package.json, tests/schema.json, CH/README.md
    assert!(ran.err.contains("passed over 5 files"), "{}", ran.err);
    for (below, tests) in [("CH", 4), ("AT", 2), ("CH/GR-CH-0002", 2)] {
        let folder = files.0.join(below);
        let ran = run(
            "conformance",
            &["business-rules", folder.to_str().unwrap(), "--json"],
        );
        assert_eq!(
            (ran.status, ran.lines().len()),
            (0, tests),
            "{below}: {}",
            ran.err
        );
    }
}

#[test]
fn tests_whose_rule_is_missing_or_not_one_disagree() {
    let files = Files::new("clone-orphans");
    clone(&files);
    rules(&files);
    std::fs::remove_file(files.0.join("AT/GR-AT-0001/rule.json")).unwrap();
    let two = json!([rule("GR-CH-0001"), rule("GR-CH-0003")]).to_string();
    write(&files, "CH/GR-CH-0001/rule.json", &two);
    write(&files, "CH/GR-CH-0002/tests/test003.json", "{");
    let ran = run(
        "conformance",
        &["business-rules", files.0.to_str().unwrap(), "--json"],
    );
    assert_eq!(ran.status, 1, "{}", ran.err);
    let actual: Vec<_> = ran
        .lines()
        .iter()
        .map(|line| line["actual"].clone())
        .collect();
    let expected = json!([
        "no-rule",
        "no-rule",
        "several-rules",
        "several-rules",
        true,
        false,
        "not-json"
    ]);
    assert_eq!(Value::from(actual), expected);
}

#[cfg(unix)]
#[test]
fn folders_that_link_to_themselves_are_walked_once() {
    let files = Files::new("clone-links");
    clone(&files);
    rules(&files);
    for name in ["x", "y"] {
        std::os::unix::fs::symlink(&files.0, files.0.join(name)).unwrap();
    }
    let directory = files.0.to_str().unwrap();
    let ran = run("conformance", &["business-rules", directory, "--json"]);
    assert_eq!((ran.status, ran.lines().len()), (0, 6), "{}", ran.err);
    let ran = run(
        "verify",
        &["--rules", directory, "--country", "CH", "HC1:6BF"],
    );
    assert_eq!(ran.status, 1, "{}", ran.err);
    let ran = run("conformance", &["certlogic", directory]);
    assert_eq!(ran.status, 2, "{}", ran.err);
}

#[test]
fn suites_of_certlogic_are_found_in_a_whole_clone() {
    let files = Files::new("clone-certlogic");
    clone(&files);
    let suite = json!({"name": "s", "directive": null, "cases": [{
        "name": "c", "certLogicExpression": {"var": "x"},
        "assertions": [{"data": {"x": 1}, "expected": 1}],
    }]});
    let folder = "certlogic/specification";
    write(
        &files,
        &format!("{folder}/testSuite/a.json"),
        &suite.to_string(),
    );
    let issues = json!({"name": "v", "cases": [
        {"certLogicExpression": {"no": []}, "issues": [{"expr": {"no": []}, "message": "m"}]},
    ]});
    write(
        &files,
        &format!("{folder}/validation-testSuite/b.json"),
        &issues.to_string(),
    );
    write(&files, &format!("{folder}/testSuite/README.md"), "…");
    write(&files, "certlogic/certlogic-js/package.json", "{}");
    for below in ["", "certlogic", folder] {
        let directory = files.0.join(below);
        let ran = run(
            "conformance",
            &["certlogic", directory.to_str().unwrap(), "--json"],
        );
        assert_eq!(
            (ran.status, ran.lines().len()),
            (0, 2),
            "{below}: {}",
            ran.err
        );
        assert!(ran.err.contains("passed over"), "{}", ran.err);
    }
    let directory = files.0.join(folder).join("testSuite");
    let ran = run(
        "conformance",
        &["certlogic", directory.to_str().unwrap(), "--json"],
    );
    assert_eq!((ran.status, ran.lines().len()), (0, 1), "{}", ran.err);
}

#[test]
fn test_data_of_a_whole_clone_are_found_and_the_rest_is_counted() {
    let files = Files::new("clone-testdata");
    clone(&files);
    let vector = json!({
        "JSON": {"ver": "1.3.0"}, "PREFIX": "HC1:6BF", "BASE45": "6BF", "TESTCTX": {},
        "EXPECTEDRESULTS": {"EXPECTEDUNPREFIX": true},
    });
    write(&files, "XX/2DCode/raw/1.json", &vector.to_string());
    write(&files, "XX/2DCode/png/1.png", "…");
    let ran = run(
        "conformance",
        &["dgc-testdata", files.0.to_str().unwrap(), "--json"],
    );
    assert_eq!((ran.status, ran.lines().len()), (0, 1), "{}", ran.err);
    assert!(ran.err.contains("skipped tests/schema.json"), "{}", ran.err);
    assert!(
        ran.err.contains("skipped 3 files that are no JSON"),
        "{}",
        ran.err
    );
}
