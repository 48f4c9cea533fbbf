//! `--list`: one key signs all lists of an environment, so each could stand in
//! for another.

use hcert_testkit::programs::Files;
use hcert_testkit::{fixtures, published};

use super::convert::{NOW, verify};
use super::lists::*;
use super::run;

#[test]
fn another_list_than_the_one_asked_for_is_refused() {
    let files = Files::new("pinned");
    let list = files.write(
        "did.json",
        gdhcn(
            DEV,
            "dev",
            &[gdhcn_entry(DEV, &fixtures::dsc("alpha", &[]))],
        ),
    );
    let out = files.0.join("out").to_str().unwrap().to_owned();
    let name = format!("did:web:{DEV}:v2:trustlist");
    let other = format!("{name}:DCC:XXA");
    let dev = ["--trust-env", "dev"];
    // It is the one asked for, and its signature is nobody's.
    let asked = [
        (vec!["--list", &other], "is asked for"),
        (vec!["--list", &name], "signature"),
        (vec!["--list", &other, "--list", &name], "signature"),
    ];
    for (asked, says) in asked {
        let ran = verify(&[&["--trust", &list][..], &dev, &asked].concat());
        assert_eq!((ran.status, ran.out.as_str()), (2, ""));
        assert!(ran.err.contains(says), "{asked:?}: {}", ran.err);
        let ran = run(&[&["convert", "--out", &out, &list][..], &dev, &asked].concat());
        assert_eq!(ran.status, 2);
        assert!(ran.err.contains(says), "{asked:?}: {}", ran.err);
    }

    // A file of another form is not that list, either.
    let se = files.write("se", swedish());
    let anchor = files.anchor("list");
    let ran = verify(&[
        "--trust", &se, "--anchor", &anchor, "--list", &name, "--at", NOW,
    ]);
    assert_eq!((ran.status, ran.out.as_str()), (2, ""));
    assert!(ran.err.contains(&name), "{}", ran.err);
}

#[test]
#[ignore = "needs HCERT_VECTORS"]
fn a_part_of_the_published_list_does_not_stand_in_for_the_whole() {
    let whole = published::find("gdhcn/PROD/v2/trustlist/did.json");
    let part = whole.with_file_name("DCC").join("ESP/did.json");
    let [whole, part] = [&whole, &part].map(|path| path.to_str().unwrap());
    let files = Files::new("pinned-published");
    let out = files.write("out", "");
    let name = "did:web:tng-cdn.who.int:v2:trustlist";
    let of_spain = format!("{name}:DCC:ESP");
    let convert = |more: &[&str]| {
        let convert = ["convert", "--trust-env", "prod", "--quiet", "--out", &out];
        run(&[&convert[..], more].concat())
    };
    for (arguments, status) in [
        (&["--list", name, whole][..], 0),
        (&["--list", name, part], 2),
        (&["--list", &of_spain, part], 0),
        (&["--list", &of_spain, whole], 2),
        (&["--list", name, "--list", &of_spain, part, whole], 0),
        // Each has to be there.
        (&["--list", name, "--list", &of_spain, whole], 2),
        (&["--list", name, whole, part], 2),
        (&[part], 0),
    ] {
        let ran = convert(arguments);
        assert_eq!(ran.status, status, "{arguments:?}: {}", ran.err);
    }
}
