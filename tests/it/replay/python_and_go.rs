//! The SDKs for Python and Go: they sign every header they set, the account among them, and send no
//! body where there is nothing to say.

use http::Method;
use scm_model::Revision;
use scm_tests::{TestServer, sound};
use serde_json::json;

use super::{Client, Sent};

const CERTIFICATES: &str = "/v3/scm/certificates";

/// Which SDK it is.
#[derive(Clone, Copy, Debug, PartialEq)]
enum Sdk {
    Python,
    Go,
}

impl Sdk {
    fn sent<'a>(self, client: &Client<'_>, method: Method, path: &'a str) -> Sent<'a> {
        let own = |name, value: &str| (name, value.to_owned());
        let agent = match self {
            Self::Python => {
                "huaweicloud-usdk-python/3.0; os/linux#6#x86_64 python/3.11 impl/CPython; app/0f"
            }
            Self::Go => "huaweicloud-usdk-go/3.0",
        };
        let mut signed = vec![
            own("content-type", "application/json"),
            own("user-agent", agent),
            own("x-domain-id", &client.server.folder().credentials().domain_id),
        ];
        let host = client.host();
        let more = match self {
            Self::Python => {
                signed.push(own("host", &host));
                vec![own("Accept", "*/*"), own("Accept-Encoding", "gzip, deflate")]
            }
            Self::Go => {
                signed.push(own("x-project-id", client.server.project().as_str()));
                vec![own("Host", &host), own("Accept-Encoding", "gzip")]
            }
        };
        Sent { method, path, query: "", signed, more, body: "" }
    }

    /// The same with a length: of the body, or of none.
    fn with_length<'a>(
        self,
        client: &Client<'_>,
        method: Method,
        path: &'a str,
        body: &'a str,
    ) -> Sent<'a> {
        let mut sent = self.sent(client, method, path);
        sent.more.push(("Content-Length", body.len().to_string()));
        Sent { body, ..sent }
    }

    /// A body as its serializer spaces it.
    fn spaced(self, body: &serde_json::Value) -> String {
        match self {
            Self::Python => body.to_string().replace("\":\"", "\": \"").replace("\",\"", "\", \""),
            Self::Go => body.to_string(),
        }
    }
}

#[tokio::test]
async fn all_five_operations_as_each_client_sends_them() {
    let server = TestServer::builder().revision(Revision::R2025).start().await;
    let client = Client::of(&server).await;
    for sdk in [Sdk::Python, Sdk::Go] {
        let bundle = sound("www.example.com");
        let chain = bundle.certificate.clone() + &bundle.certificate_chain;
        // The chain in one field, as newer clients have it.
        let name = format!("by-{sdk:?}");
        let body = json!({ "name": name, "certificate": chain, "private_key": bundle.private_key });
        let (path, body) = (format!("{CERTIFICATES}/import"), sdk.spaced(&body));
        let imported = client.send(sdk.with_length(&client, Method::POST, &path, &body)).await;
        let path = format!("{CERTIFICATES}/{}", imported.text("certificate_id"));

        let shown = client.send(sdk.sent(&client, Method::GET, &path)).await;
        assert_eq!(shown.text("name"), name);

        let query = "content=a%20b%2A%C3%A9&deploy_support=true&limit=10&offset=0&sort_dir=DESC\
                     &sort_key=certUpdateTime&status=ALL";
        let list = |query| Sent { query, ..sdk.sent(&client, Method::GET, CERTIFICATES) };
        assert_eq!(client.send(list(query)).await.json()["certificates"], json!([]));
        let mine = format!("content={name}&owned_by_self=false");
        assert_eq!(client.send(list(&mine)).await.json()["total_count"], 1);

        let export = format!("{path}/export");
        let exported = client.send(sdk.with_length(&client, Method::POST, &export, "")).await;
        assert_eq!(exported.text("certificate"), bundle.certificate);
        assert_eq!(exported.text("certificate_chain"), bundle.certificate_chain);
        assert_eq!(exported.text("private_key"), bundle.private_key);

        let delete = match sdk {
            Sdk::Python => sdk.with_length(&client, Method::DELETE, &path, ""),
            Sdk::Go => sdk.sent(&client, Method::DELETE, &path),
        };
        assert_eq!(client.send(delete).await.status, 204);
        let gone = client.send(sdk.sent(&client, Method::GET, &path)).await;
        assert_eq!((gone.refusal().0, &*gone.refusal().1), (404, "SCM.0020"));
    }
}
