//! Access keys as they are listed: without secrets, and with the reason why they are refused.

use scm_store::{AccessKeyEntry, UserRecord};
use serde::Serialize;

use super::super::{directory::ProjectNames, moment};

/// An access key, for programs.
#[derive(Serialize)]
pub struct KeyEntry {
    access_key: String,
    user: String,
    project_id: String,
    project_name: String,
    /// As `access-key enable` and `disable` left it.
    enabled: bool,
    /// Whether what it signs counts now.
    usable: bool,
    created: String,
    #[serde(skip)]
    in_words: &'static str,
}

#[derive(Serialize)]
pub struct KeyList {
    pub access_keys: Vec<KeyEntry>,
}

impl KeyEntry {
    /// A stored key of the user.
    pub fn new(key: &AccessKeyEntry, user: &UserRecord, projects: &ProjectNames) -> Self {
        let in_words = match user.role_in(&key.project) {
            _ if !key.enabled => "no",
            _ if !user.enabled => "no: user disabled",
            None => "no: user has no role there",
            Some(_) => "yes",
        };
        Self {
            access_key: key.id.to_string(),
            user: user.name.clone(),
            project_id: key.project.to_string(),
            project_name: projects.of(&key.project).to_owned(),
            enabled: key.enabled,
            usable: in_words == "yes",
            created: moment::to_the_second(key.created),
            in_words,
        }
    }

    /// What stands in the columns of a table.
    pub fn row(&self) -> [String; 5] {
        let created = moment::for_people(&self.created);
        let columns = [&*self.access_key, &self.user, &self.project_name, self.in_words, &created];
        columns.map(str::to_owned)
    }
}

#[cfg(test)]
mod tests {
    use scm_store::{AccessKeyId, DomainId, Grant, PasswordHash, ProjectId, Role, UserId};
    use time::macros::datetime;

    use super::*;

    #[test]
    fn the_reason_why_a_key_is_not_usable_is_shown() {
        let shown = |key_enabled: bool, user_enabled: bool, projects: &[&str]| {
            let grant = |id: &&str| Grant { project: ProjectId::new(*id), role: Role::ReadOnly };
            let user = UserRecord {
                id: UserId::new("1"),
                domain: DomainId::new("d"),
                name: "alice".to_owned(),
                password: PasswordHash::new(""),
                enabled: user_enabled,
                grants: projects.iter().map(grant).collect(),
            };
            let key = AccessKeyEntry {
                id: AccessKeyId::new("AK"),
                project: ProjectId::new("p"),
                enabled: key_enabled,
                created: datetime!(2026-05-27 18:46:25.701 +2),
            };
            let entry = KeyEntry::new(&key, &user, &ProjectNames::default());
            assert_eq!(entry.row()[4], "2026-05-27 16:46:25");
            (entry.usable, entry.in_words)
        };
        assert_eq!(shown(true, true, &["p", "q"]), (true, "yes"));
        assert_eq!(shown(false, true, &["p"]), (false, "no"));
        assert_eq!(shown(true, false, &["p"]), (false, "no: user disabled"));
        assert_eq!(shown(true, true, &["q"]), (false, "no: user has no role there"));
    }
}
