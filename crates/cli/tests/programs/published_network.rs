//! Published certificates against the real list of the WHO's network, through
//! the program.

use hcert_testkit::{programs, published};
use serde_json::Value;

#[test]
#[ignore = "needs HCERT_VECTORS"]
fn spanish_certificates_verify_with_the_production_list() {
    let (list, vectors) = (
        published::find("gdhcn/PROD/v2/trustlist/did.json"),
        published::find("dgc-testdata/ES/2DCode/raw"),
    );
    for name in ["201", "202", "203"] {
        let vector = published::read_json(&vectors.join(format!("{name}.json"))).unwrap();
        let run = |environment: &[&str]| {
            let mut command = programs::program("verify");
            command
                .args(["--json", "--at", "2021-05-11T12:00:00Z", "--trust"])
                .arg(&list);
            let text = vector["PREFIX"].as_str().unwrap();
            command.args(environment).arg(text).output().unwrap()
        };
        // The list was made five years after that time.
        let output = run(&["--trust-env", "prod"]);
        let line: Value = serde_json::from_slice(&output.stdout).unwrap();
        assert_eq!(line["outcome"], "unascertained", "{name}");
        assert_eq!(line["reason"]["code"], "list-from-future", "{name}");
        assert_eq!(line["steps"][3]["result"], "passed", "{name}");

        // Production is meant where nothing is said.
        let output = run(&["--retrospective"]);
        let line: Value = serde_json::from_slice(&output.stdout).unwrap();
        assert_eq!(line["outcome"], "valid", "{name}");
        assert_eq!(line["signer"]["listed_as"], "DCC:ESP:DSC#tCM87WnaaQE=");
        assert_eq!(line["signer"]["kid"], "b4233ced69da6901");
        assert_eq!(run(&["--trust-env", "dev"]).status.code(), Some(2));
    }
}
