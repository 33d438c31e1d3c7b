//! Names and descriptions with characters that a terminal or a page would obey.

use http::Method;
use scm_tests::{Person, TestServer, import_body, sound};
use serde_json::{Value, json};

const HIDDEN: [char; 16] = [
    '\0', '\t', '\n', '\r', '\u{1b}', '\u{7f}', '\u{85}', '\u{9b}', '\u{200e}', '\u{200f}',
    '\u{2028}', '\u{2029}', '\u{202a}', '\u{202e}', '\u{2066}', '\u{2069}',
];

const DETAIL: &str = "must be one line, without control characters and direction marks";

#[tokio::test]
async fn characters_that_hide_or_steer_are_refused_in_names_and_descriptions() {
    let server = TestServer::start().await;
    let client = server.by(Person::FullAccess);
    let mut import = import_body(&sound("www.example.com"));
    import["name"] = json!("店 of e\u{301}tés");
    let id = client.import(&import).await.text("certificate_id");
    let path = format!("/v3/scm/certificates/{id}");
    let before = client.show(&id).await.json();
    for character in HIDDEN {
        let text = format!("a{character}b");
        import["name"] = json!(text);
        let (status, code, message) = client.import(&import).await.refusal();
        assert_eq!((status, &*code), (400, "SCM.0032"), "{}", character.escape_default());
        assert!(message.contains(&format!("name: {DETAIL}")), "{message}");
        assert!(!message.contains(character), "{message:?}");
        for (field, code) in [("name", "SCM.0032"), ("description", "SCM.0005")] {
            let mut change = Value::default();
            change[field] = json!(text);
            let answer = client.send(Method::PATCH, &path, change.to_string()).await;
            let (status, found, message) = answer.refusal();
            assert_eq!((status, &*found), (400, code), "{}", character.escape_default());
            assert!(message.contains(&format!("{field}: {DETAIL}")), "{message}");
        }
    }
    assert_eq!(client.show(&id).await.json(), before);
}
