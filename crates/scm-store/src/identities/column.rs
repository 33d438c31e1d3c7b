//! Roles and password hashes in columns.

use super::{PasswordHash, Role};
use crate::{
    error::StoreError,
    session::{Column, Row, Value},
};

impl From<Role> for Value<'_> {
    fn from(role: Role) -> Self {
        Self::Text(role.as_str())
    }
}

impl Column for Role {
    fn read(row: &Row<'_>, at: usize) -> Result<Option<Self>, StoreError> {
        let Some(name) = row.text(at)? else { return Ok(None) };
        let role = Self::called(&name);
        role.map(Some).ok_or_else(|| StoreError::corrupt(format!("{name} is no role")))
    }
}

impl Column for PasswordHash {
    fn read(row: &Row<'_>, at: usize) -> Result<Option<Self>, StoreError> {
        Ok(row.text(at)?.map(Self::new))
    }
}
