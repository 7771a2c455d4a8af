//! Texts without the members that have nothing to say.

use serde::ser::{Error as _, Serialize, Serializer};
use serde_json::Value;

/// Is written without any member that is `null`: to whoever reads, one that is not there says the same.
pub(super) struct Sparse<T>(pub(super) T);

impl<T: Serialize> Serialize for Sparse<T> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let mut value = serde_json::to_value(&self.0).map_err(S::Error::custom)?;
        take_nulls(&mut value);
        value.serialize(serializer)
    }
}

fn take_nulls(value: &mut Value) {
    match value {
        Value::Object(members) => {
            members.retain(|_, member| !member.is_null());
            members.values_mut().for_each(take_nulls);
        }
        Value::Array(elements) => elements.iter_mut().for_each(take_nulls),
        _ => {}
    }
}
