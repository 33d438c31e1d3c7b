//! The scanner on well-formed, damaged and hostile text.

use proptest::prelude::*;

use super::*;

fn problems(text: &str) -> Vec<(usize, usize, Problem)> {
    scan(text).filter_map(Result::err).map(|d| (d.block, d.line, d.problem)).collect()
}

#[test]
fn line_ends_blanks_and_text_around_blocks_are_accepted() {
    let text = "\u{feff}Bag Attributes\r\n  friendlyName: x\r\n -----BEGIN A B-----  \r\nAQID\r\n\
                BAU=\r\n-----END A B-----\r\nin-between\n-----BEGIN C-----\nBg==\n-----END C-----";
    let blocks: Vec<_> = scan(text).map(|b| b.expect("sound")).collect();
    assert_eq!(blocks.len(), 2);
    assert_eq!((blocks[0].label(), blocks[0].number(), blocks[0].line()), ("A B", 1, 3));
    assert_eq!(blocks[0].decode().expect("base64"), [1, 2, 3, 4, 5]);
    assert_eq!((blocks[1].label(), blocks[1].number(), blocks[1].line()), ("C", 2, 8));
    assert_eq!(blocks[1].decode().expect("base64"), [6]);
}

#[test]
fn a_defect_is_reported_once_and_the_scan_goes_on() {
    let text = "-----BEGIN A-----\nAQ==\n-----BEGIN B-----\nAQ==\n-----END C-----\n\
                -----END D-----\n-----BEGIN E-----\nAQ==\n-----END E-----\n-----BEGIN F-----\n";
    let label = |l: &str| l.to_owned();
    assert_eq!(
        problems(text),
        [
            (1, 1, Problem::NoEnd { label: label("A") }),
            (2, 3, Problem::WrongEnd { begin: label("B"), end: label("C") }),
            (3, 6, Problem::NoBegin { label: label("D") }),
            (5, 10, Problem::NoEnd { label: label("F") }),
        ]
    );
    assert_eq!(scan(text).filter_map(Result::ok).map(|b| b.label()).collect::<Vec<_>>(), ["E"]);
}

#[test]
fn broken_marks_are_one_defect_each() {
    for (text, line) in [
        ("-----BEGIN A----- AQ== -----END A-----\n", 1),
        ("----BEGIN A-----\nAQ==\n-----END A-----\n", 1),
        ("-----BEGIN A-----\nAQ==\n-----END A----\n", 3),
    ] {
        assert_eq!(problems(text), [(1, line, Problem::BrokenMark)], "{text}");
    }
    let twice = "-----BEGIN A-----\\nAQ==\\n-----END A-----\\n";
    assert_eq!(problems(twice), [(1, 1, Problem::EscapedLineBreaks)]);
}

#[test]
fn bad_base64_names_its_line() {
    let text = "\n-----BEGIN A-----\nAQID\nA!ID\n-----END A-----\n";
    let block = scan(text).next().expect("one").expect("marks are sound");
    let defect = block.decode().expect_err("not base64");
    assert_eq!((defect.block, defect.line, defect.problem), (1, 4, Problem::Base64));
}

#[test]
fn headers_are_skipped_and_mark_encrypted_keys() {
    let text = "-----BEGIN K-----\nProc-Type: 4,ENCRYPTED\nDEK-Info: X,00\n\nAQID\n-----END K-----";
    let block = scan(text).next().expect("one").expect("sound");
    assert!(block.is_encrypted());
    assert_eq!(block.decode().expect("base64"), [1, 2, 3]);
}

#[test]
fn the_normal_form_has_64_columns() {
    let pem = encode("CERTIFICATE", &[7; 100]);
    let widths: Vec<_> = pem.lines().map(str::len).collect();
    assert_eq!(widths, [27, 64, 64, 8, 25]);
    assert!(pem.ends_with("-----END CERTIFICATE-----\n"));
    assert_eq!(*encode_secret("CERTIFICATE", &[7; 100]), pem);
}

#[test]
fn hostile_text_costs_linear_time() {
    for piece in ["-----BEGIN A-----\n", "-", "-----END A-----\n", "--BEGIN", "\n", "a:\n"] {
        let text = piece.repeat(1_000_000 / piece.len());
        let blocks = scan(&text).filter_map(Result::ok).filter(|b| b.decode().is_ok()).count();
        assert_eq!(blocks, 0, "{piece:?}");
    }
}

proptest! {
    #[test]
    fn an_encoded_block_is_read_back(der in proptest::collection::vec(any::<u8>(), 0..600)) {
        let pem = encode("X", &der);
        for text in [pem.clone(), pem.replace('\n', "\r\n"), pem.replace('\n', " \n")] {
            let block = scan(&text).next().expect("one").expect("sound");
            prop_assert_eq!(&block.decode().expect("base64"), &der);
        }
    }

    #[test]
    fn no_text_makes_it_panic(text in "(-----|BEGIN |END |A|\n|\r|:|\\\\n|=|é|\\PC){0,60}") {
        for block in scan(&text).flatten() {
            let _ = (block.decode(), block.is_encrypted(), block.is_empty());
        }
    }
}
