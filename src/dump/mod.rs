//! The state of an emulator as text: JSON that another emulator, in another process, goes on from.
//!
//! The one idea to hold: the text is a format of its own, and not what the records happen to be. Each kind of thing has
//! a structure here that is filled by taking the record apart without `..`, so a new member of a record does not compile
//! until the text has it. Whatever is read is checked before anything is changed: a text may be wrong in every way, and
//! a [`State`] never is.
//!
//! Members have AWS's names where AWS has one, moments are milliseconds since 1970, bytes are base64. Everything stands
//! in the order of names, so the same state is the same text; and each content once, under its SHA-256.

mod attached;
mod capacity_provider;
mod contents;
mod declared;
mod digest;
mod durable_execution;
mod event_invoke;
mod event_source;
mod function;
mod layer;
mod mistake;
mod modelled;
mod policy;
mod records;
mod runtime_management;
mod sparse;
mod version;

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use self::capacity_provider::ProviderText;
use self::contents::{Contents, Given, Received};
use self::declared::{DeclaredLayerText, RepositoryText, SignatureText};
use self::digest::Base64;
use self::durable_execution::ExecutionText;
use self::event_source::MappingText;
use self::function::FunctionText;
use self::layer::LayerText;
pub use self::mistake::Mistake;
use self::records::{ConfigText, DeletedText};
use self::sparse::Sparse;
use crate::clock::Timestamp;
use crate::images::Repository;
use crate::layers::Sizes;
use crate::package::{Digest, Packages};
use crate::s3::{BucketText, Buckets};
use crate::signing::Signature;
use crate::state::{Key, Record};

/// The number of the format: the one that is written, and the only one that is read.
pub const FORMAT: u32 = 1;

/// What an emulator keeps of what it was told, but for its journal, faults and download links.
#[derive(Debug)]
pub struct State {
    /// What its clock showed.
    pub now: Timestamp,
    /// Functions, what stands beside them, and version numbers, by key.
    pub records: BTreeMap<Key, Record>,
    /// Declared images, by repository.
    pub repositories: BTreeMap<String, Repository>,
    /// Declared signatures, by package.
    pub signatures: BTreeMap<Digest, Signature>,
    /// Declared layer versions, by ARN.
    pub layers: BTreeMap<String, Sizes>,
    /// Its own S3.
    pub buckets: Buckets,
}

/// What a text begins with.
#[derive(Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields, expecting = "an object with state and now")]
struct Header {
    /// The number of the format.
    state: u32,
    /// That of the drylambda that wrote it, for whoever looks.
    #[serde(default)]
    version: String,
    now: Timestamp,
}

/// The text without its contents, which are written behind it.
#[derive(Serialize)]
#[serde(rename_all = "PascalCase")]
struct Written {
    #[serde(rename = "drylambda")]
    header: Header,
    functions: Vec<Sparse<FunctionText>>,
    deleted_functions: Vec<DeletedText>,
    capacity_providers: Vec<Sparse<ProviderText>>,
    code_signing_configs: Vec<ConfigText>,
    layers: Vec<Sparse<LayerText>>,
    event_source_mappings: Vec<Sparse<MappingText>>,
    durable_executions: Vec<Sparse<ExecutionText>>,
    image_repositories: Vec<RepositoryText>,
    signatures: Vec<Sparse<SignatureText>>,
    layer_versions: Vec<DeclaredLayerText>,
    buckets: Vec<Sparse<BucketText>>,
}

/// The whole text. A list that is not there is empty.
#[derive(Deserialize)]
#[serde(rename_all = "PascalCase", deny_unknown_fields, expecting = "an object, as Lambda.dump writes it")]
struct Read {
    #[serde(rename = "drylambda")]
    header: Header,
    #[serde(default)]
    functions: Vec<FunctionText>,
    #[serde(default)]
    deleted_functions: Vec<DeletedText>,
    #[serde(default)]
    capacity_providers: Vec<ProviderText>,
    #[serde(default)]
    code_signing_configs: Vec<ConfigText>,
    #[serde(default)]
    layers: Vec<LayerText>,
    #[serde(default)]
    event_source_mappings: Vec<MappingText>,
    #[serde(default)]
    durable_executions: Vec<ExecutionText>,
    #[serde(default)]
    image_repositories: Vec<RepositoryText>,
    #[serde(default)]
    signatures: Vec<SignatureText>,
    #[serde(default)]
    layer_versions: Vec<DeclaredLayerText>,
    #[serde(default)]
    buckets: Vec<BucketText>,
    #[serde(default)]
    contents: BTreeMap<Base64, Received>,
}

/// Writes a state.
#[must_use]
pub fn write(state: &State) -> String {
    let State { now, records, repositories, signatures, layers, buckets } = state;
    let mut contents = Contents::default();
    let mut written = Written {
        header: Header { state: FORMAT, version: env!("CARGO_PKG_VERSION").to_owned(), now: *now },
        functions: Vec::new(),
        deleted_functions: Vec::new(),
        capacity_providers: Vec::new(),
        code_signing_configs: Vec::new(),
        layers: Vec::new(),
        event_source_mappings: Vec::new(),
        durable_executions: Vec::new(),
        image_repositories: repositories.iter().map(RepositoryText::of).collect(),
        signatures: signatures.iter().map(SignatureText::of).map(Sparse).collect(),
        layer_versions: layers.iter().map(DeclaredLayerText::of).collect(),
        buckets: Vec::new(),
    };
    for (key, record) in records {
        match record {
            Record::Function(function) => {
                written.functions.push(Sparse(FunctionText::of(&key.scope, function, &mut contents)));
            }
            Record::CapacityProvider(provider) => {
                written.capacity_providers.push(Sparse(ProviderText::of(&key.scope, provider)));
            }
            Record::CodeSigningConfig(config) => written.code_signing_configs.push(ConfigText::of(&key.scope, config)),
            Record::Layer(layer) => written.layers.push(Sparse(LayerText::of(&key.scope, layer, &mut contents))),
            Record::EventSourceMapping(mapping) => {
                written.event_source_mappings.push(Sparse(MappingText::of(&key.scope, mapping)));
            }
            Record::DurableExecution(execution) => {
                written.durable_executions.push(Sparse(ExecutionText::of(&key.scope, execution)));
            }
            Record::LastNumber(number) => written.deleted_functions.push(DeletedText::of(key, *number)),
        }
    }
    let buckets = buckets.texts(|bytes| contents.add(bytes).to_base64());
    written.buckets = buckets.into_iter().map(Sparse).collect();
    let text = serde_json::to_string_pretty(&written);
    debug_assert!(text.is_ok(), "every key is text, and every number is finite");
    contents.append_to(text.unwrap_or_default())
}

/// Reads and checks a state, whose packages are held by `packages` from then on.
///
/// # Errors
/// The first [`Mistake`].
pub fn read(text: &[u8], packages: &Packages) -> Result<State, Mistake> {
    let read = parse(text)?;
    let given = Given::new(read.contents, packages)?;
    let mut records = BTreeMap::new();
    let mut add = |key: Key, record| match records.insert(key, record) {
        None => Ok(()),
        Some(_) => Err(Mistake::here("it is here twice")),
    };
    each("Functions", read.functions, |text| {
        let (key, function) = text.into_function(&given)?;
        add(key, Record::Function(function.into()))
    })?;
    each("DeletedFunctions", read.deleted_functions, |text| {
        let (key, number) = text.into_number()?;
        add(key, Record::LastNumber(number))
    })?;
    each("CapacityProviders", read.capacity_providers, |text| {
        let (key, provider) = text.into_provider()?;
        add(key, Record::CapacityProvider(provider.into()))
    })?;
    each("CodeSigningConfigs", read.code_signing_configs, |text| {
        let (key, config) = text.into_config()?;
        add(key, Record::CodeSigningConfig(config.into()))
    })?;
    each("Layers", read.layers, |text| {
        let (key, layer) = text.into_layer(&given)?;
        add(key, Record::Layer(layer.into()))
    })?;
    each("EventSourceMappings", read.event_source_mappings, |text| {
        let (key, mapping) = text.into_mapping()?;
        add(key, Record::EventSourceMapping(mapping.into()))
    })?;
    each("DurableExecutions", read.durable_executions, |text| {
        let (key, execution) = text.into_execution()?;
        add(key, Record::DurableExecution(execution.into()))
    })?;
    let repositories = entries("ImageRepositories", read.image_repositories, RepositoryText::into_repository)?;
    let signatures = entries("Signatures", read.signatures, |text| Ok(text.into_signature()))?;
    let layers = entries("LayerVersions", read.layer_versions, |text| Ok(text.into_sizes()))?;
    let buckets = Buckets::read(read.buckets, |digest| given.bytes(&Digest::from_base64(digest)?))
        .map_err(|(place, reason)| Mistake::at(&place, reason).within("Buckets"))?;
    Ok(State { now: read.header.now, records, repositories, signatures, layers, buckets })
}

fn parse(text: &[u8]) -> Result<Read, Mistake> {
    /// What every format has.
    #[derive(Deserialize)]
    struct AnyFormat {
        drylambda: Number,
    }
    #[derive(Deserialize)]
    struct Number {
        state: u32,
    }
    let mut reader = serde_json::Deserializer::from_slice(text);
    let read = serde_path_to_error::deserialize(&mut reader).map_err(Mistake::from);
    let read =
        read.and_then(|read: Read| reader.end().map(|()| read).map_err(|error| Mistake::here(error.to_string())));
    let format = match &read {
        Ok(read) => read.header.state,
        // What is wrong with a text of another format nobody can tell.
        Err(_) => serde_json::from_slice(text).map_or(FORMAT, |any: AnyFormat| any.drylambda.state),
    };
    if format == FORMAT { read } else { Err(Mistake::other_format(format)) }
}

/// Does something with each member of a list.
fn each<T>(list: &str, texts: Vec<T>, mut act: impl FnMut(T) -> Result<(), Mistake>) -> Result<(), Mistake> {
    let mut texts = texts.into_iter().enumerate();
    texts.try_for_each(|(place, text)| act(text).map_err(|mistake| mistake.within(&format!("{list}[{place}]"))))
}

/// The entries that a list is about, each of which it may have once.
fn entries<T, K: Ord, V>(
    list: &str,
    texts: Vec<T>,
    entry: impl Fn(T) -> Result<(K, V), Mistake>,
) -> Result<BTreeMap<K, V>, Mistake> {
    let mut found = BTreeMap::new();
    each(list, texts, |text| {
        let (key, value) = entry(text)?;
        found.insert(key, value).map_or(Ok(()), |_| Err(Mistake::here("it is here twice")))
    })?;
    Ok(found)
}
