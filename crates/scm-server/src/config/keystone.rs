//! Settings of users: in the store, or in an OpenStack Keystone.

use std::{fmt, net::IpAddr, str::FromStr};

use reqwest::Url;
use scm_store::Role;
use serde::Deserialize;

/// Where users, projects and tokens are.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Identity {
    /// In the store of this server.
    Local,
    /// In an OpenStack Keystone, or an IAM with its API.
    Keystone,
}

impl FromStr for Identity {
    type Err = &'static str;

    fn from_str(text: &str) -> Result<Self, &'static str> {
        match text {
            "local" => Ok(Self::Local),
            "keystone" => Ok(Self::Keystone),
            _ => Err("expected local or keystone"),
        }
    }
}

/// The URL of Keystone, or `none`. Its path ends in `/v3`.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(try_from = "String")]
pub struct KeystoneUrl(Option<Url>);

impl KeystoneUrl {
    /// The URL, if there is one.
    pub fn as_url(&self) -> Option<&Url> {
        self.0.as_ref()
    }
}

impl FromStr for KeystoneUrl {
    type Err = &'static str;

    fn from_str(text: &str) -> Result<Self, &'static str> {
        if text == "none" {
            return Ok(Self(None));
        }
        let mut url =
            Url::parse(text).map_err(|_| "expected a URL such as http://127.0.0.1:5000")?;
        match () {
            () if !matches!(url.scheme(), "http" | "https") => {
                return Err("the URL must begin with http:// or https://");
            }
            () if !url.username().is_empty() || url.password().is_some() => {
                return Err("the URL must not have a user or a password");
            }
            () if url.query().is_some() || url.fragment().is_some() => {
                return Err("the URL must not have a query or a fragment");
            }
            () => {}
        }
        let path = url.path().trim_end_matches('/');
        let path = path.strip_suffix("/v3").unwrap_or(path);
        url.set_path(&format!("{path}/v3"));
        Ok(Self(Some(url)))
    }
}

impl TryFrom<String> for KeystoneUrl {
    type Error = &'static str;

    fn try_from(text: String) -> Result<Self, &'static str> {
        text.parse()
    }
}

/// Whether the host of a URL is this machine.
pub fn is_loopback(url: &Url) -> bool {
    let host = url.host_str().unwrap_or_default();
    let address = host.trim_start_matches('[').trim_end_matches(']').parse::<IpAddr>();
    address.map_or(host == "localhost", |address| address.is_loopback())
}

/// The role here for each role of Keystone.
#[derive(Clone, PartialEq, Eq, Deserialize)]
#[serde(try_from = "String")]
pub struct KeystoneRoles(Vec<(String, Role)>);

impl KeystoneRoles {
    /// The role with most rights among those of these names. Case is ignored, as in Keystone.
    pub fn best<'a>(&self, names: impl IntoIterator<Item = &'a str>) -> Option<Role> {
        let meaning =
            |name: &str| self.0.iter().find(|(known, _)| known.eq_ignore_ascii_case(name));
        names.into_iter().filter_map(|name| Some(meaning(name)?.1)).max_by_key(|role| rank(*role))
    }
}

fn rank(role: Role) -> u8 {
    match role {
        Role::ReadOnly => 0,
        Role::FullAccess => 1,
        Role::Administrator => 2,
    }
}

impl FromStr for KeystoneRoles {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        let mut roles: Vec<(String, Role)> = Vec::new();
        for pair in text.split(',').map(str::trim).filter(|pair| !pair.is_empty()) {
            let (name, role) = pair
                .split_once('=')
                .ok_or_else(|| format!("`{pair}` is not a pair such as member=full_access"))?;
            let (name, role) = (name.trim(), role.trim());
            let role = Role::called(role).ok_or_else(|| {
                format!("`{role}` is not one of {}", Role::ALL.map(Role::as_str).join(", "))
            })?;
            if name.is_empty() || roles.iter().any(|(known, _)| known.eq_ignore_ascii_case(name)) {
                return Err(format!("`{pair}`: the name of the role is missing or repeated"));
            }
            roles.push((name.to_owned(), role));
        }
        if roles.is_empty() {
            Err("expected at least one role".to_owned())
        } else {
            Ok(Self(roles))
        }
    }
}

impl TryFrom<String> for KeystoneRoles {
    type Error = String;

    fn try_from(text: String) -> Result<Self, String> {
        text.parse()
    }
}

impl fmt::Debug for KeystoneRoles {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_map().entries(self.0.iter().map(|(name, role)| (name, role))).finish()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_url_ends_in_the_version() {
        for text in ["http://k:5000", "http://k:5000/", "http://k:5000/v3", "http://k:5000/v3/"] {
            let url = text.parse::<KeystoneUrl>().unwrap();
            assert_eq!(url.as_url().unwrap().as_str(), "http://k:5000/v3", "{text}");
        }
        let below = "https://cloud.example.com/identity".parse::<KeystoneUrl>().unwrap();
        assert_eq!(below.as_url().unwrap().path(), "/identity/v3");
        assert_eq!("none".parse::<KeystoneUrl>().unwrap().as_url(), None);
    }

    #[test]
    fn a_text_that_is_not_the_url_of_a_service_is_refused() {
        for text in ["", "keystone:5000", "ftp://k", "http://a:b@k", "http://k/?x", "http://k/#x"] {
            assert!(text.parse::<KeystoneUrl>().is_err(), "{text}");
        }
    }

    #[test]
    fn the_role_with_most_rights_is_used() {
        let roles: KeystoneRoles =
            "ops = administrator, Member=full_access,reader=read_only".parse().unwrap();
        assert_eq!(roles.best(["reader", "member"]), Some(Role::FullAccess));
        assert_eq!(roles.best(["reader", "OPS"]), Some(Role::Administrator));
        assert_eq!(roles.best(["manager", "admin", ""]), None);
    }

    #[test]
    fn roles_without_a_meaning_or_with_two_are_refused() {
        for text in ["", "member", "=read_only", "a=root", "a=read_only,A=full_access"] {
            assert!(text.parse::<KeystoneRoles>().is_err(), "{text}");
        }
    }

    #[test]
    fn loopback_names_and_addresses_are_this_machine() {
        let local = |text: &str| is_loopback(&Url::parse(text).unwrap());
        assert!(
            local("http://localhost:1") && local("http://127.8.9.1") && local("http://[::1]:5")
        );
        assert!(!local("http://localhost.example.com") && !local("http://192.0.2.1"));
    }
}
