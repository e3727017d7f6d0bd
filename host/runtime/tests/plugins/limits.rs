//! Every limit has a guest that tries to break it.

use std::collections::HashMap;
use std::error::Error as _;
use std::time::{Duration, Instant};

use nix_ai_model_core::Kind;
use nix_ai_model_core::ports::Source as _;
use nix_ai_model_runtime::{Exceeded, Limits, Plugin, PluginSource, Runtime};
use nix_ai_model_test_guests::{GROWS_TABLE, HOSTILE};
use serde_json::json;

use super::doubles::{Behind, Shelf, User, act, hostile, source, spec, tight};

/// Whatever a guest does, it ends by then.
const SOON: Duration = Duration::from_secs(30);

async fn stopped(limits: Limits, act_name: &str) -> Exceeded {
    stopped_behind(limits, act_name, HashMap::new()).await
}

async fn stopped_behind(
    limits: Limits,
    act_name: &str,
    behind: HashMap<&'static str, Behind>,
) -> Exceeded {
    let begun = Instant::now();
    let fields = json!({"act": act_name, "url": "https://allowed.example/"});
    let error = act(&hostile(limits), behind, fields).await;
    assert!(begun.elapsed() < SOON, "it took {:?}", begun.elapsed());
    assert_eq!(error.kind(), Kind::Refused, "{error}");
    assert!(error.message().starts_with("plugin hostile was stopped: "), "{error}");
    assert!(error.hint().is_some());
    *error.source().unwrap().downcast_ref().unwrap()
}

#[tokio::test]
async fn a_loop_meets_the_clock() {
    let limits = tight();
    assert_eq!(stopped(limits, "loop").await, Exceeded::Cpu(limits.cpu));
}

#[tokio::test]
async fn a_loop_meets_the_clock_while_others_call() {
    let limits = tight();
    let plugin = hostile(limits);
    let (source, _) = source(&plugin, HashMap::new(), &User(HashMap::new()));
    let (bad, good) = (spec(json!({"act": "loop"})), spec(json!({"act": "behave"})));
    let many = async {
        for _ in 0..100 {
            source.resolve(&good).await.unwrap();
        }
    };
    let (stopped, ()) = tokio::join!(source.resolve(&bad), many);
    let error = stopped.unwrap_err();
    assert_eq!(error.source().unwrap().downcast_ref(), Some(&Exceeded::Cpu(limits.cpu)));
}

#[tokio::test]
async fn a_loop_in_parse_meets_the_clock_too() {
    let plugin = hostile(tight());
    let error = PluginSource::parse(&plugin, "loop").await.unwrap_err();
    assert!(error.message().contains("computed for more than 300ms"), "{error}");
}

#[tokio::test]
async fn a_registry_that_never_answers_meets_the_wall_clock() {
    let limits = Limits { wall: Duration::from_millis(200), ..tight() };
    let behind = [("https://allowed.example/", Behind::Silence)].into();
    assert_eq!(stopped_behind(limits, "fetch", behind).await, Exceeded::Wall(limits.wall));
}

#[tokio::test]
async fn memory_is_bounded() {
    let limits = tight();
    assert_eq!(stopped(limits, "allocate").await, Exceeded::Memory(limits.memory));
}

#[tokio::test]
async fn tables_are_bounded() {
    let limits = tight();
    let plugin = Plugin::open(&Runtime::new(limits).unwrap(), GROWS_TABLE, &Shelf::default());
    let (source, _) = source(&plugin.unwrap(), HashMap::new(), &User(HashMap::new()));
    let error = source.resolve(&spec(json!({}))).await.unwrap_err();
    let exceeded = error.source().unwrap().downcast_ref();
    assert_eq!(exceeded, Some(&Exceeded::Table(limits.table_elements)));
}

#[tokio::test]
async fn instances_are_bounded() {
    let limits = Limits { instances: 1, ..tight() };
    let runtime = Runtime::new(limits).unwrap();
    let plugin = Plugin::open(&runtime, HOSTILE, &Shelf::default()).unwrap();
    let error = PluginSource::parse(&plugin, "behave").await.unwrap_err();
    assert_eq!(error.source().unwrap().downcast_ref(), Some(&Exceeded::Instances(1)));
}

#[tokio::test]
async fn the_stack_is_bounded() {
    assert!(matches!(stopped(tight(), "recurse").await, Exceeded::Stack(_)));
}

#[tokio::test]
async fn the_log_is_bounded() {
    let limits = tight();
    assert_eq!(stopped(limits, "flood-log").await, Exceeded::Log(limits.log_lines));
}

#[tokio::test]
async fn host_calls_are_bounded() {
    let limits = tight();
    assert_eq!(stopped(limits, "flood-host").await, Exceeded::HostCalls(limits.host_calls));
}

#[tokio::test]
async fn what_is_said_to_the_host_is_bounded() {
    let limits = Limits { traffic: 100 << 20, ..tight() };
    assert_eq!(stopped(limits, "long-url").await, Exceeded::Traffic(limits.traffic));
}

#[tokio::test]
async fn what_is_fetched_is_bounded() {
    let limits = Limits { traffic: 1 << 20, ..tight() };
    let behind = [("https://allowed.example/", Behind::Answer(200, vec![b'x'; 1 << 16]))].into();
    assert_eq!(
        stopped_behind(limits, "fetch-for-ever", behind).await,
        Exceeded::Traffic(limits.traffic)
    );
}

#[tokio::test]
async fn one_response_is_bounded() {
    let limits = Limits { response: 1000, ..tight() };
    let behind = [("https://allowed.example/", Behind::Answer(200, vec![b'x'; 1001]))].into();
    let fields = json!({"act": "fetch", "url": "https://allowed.example/"});
    let error = act(&hostile(limits), behind, fields).await;
    assert_eq!(error.kind(), Kind::Refused);
    assert!(error.message().contains("longer than 1000 bytes"), "{error}");
}

#[tokio::test]
async fn a_plan_is_bounded_in_files() {
    let limits = Limits { plan_files: 1000, cpu: Duration::from_secs(10), ..tight() };
    let limits = Limits { memory: 1 << 30, handed_over: 1 << 30, ..limits };
    assert_eq!(stopped(limits, "many-files").await, Exceeded::Plan(1000));
}

#[tokio::test]
async fn a_plan_is_bounded_in_bytes() {
    let limits = tight();
    let expected = Exceeded::HandedOver(limits.handed_over);
    assert_eq!(stopped(limits, "shared-text").await, expected);
}

#[tokio::test]
async fn one_argument_is_bounded() {
    let limits = Limits { handed_over: 16 << 20, ..tight() };
    assert_eq!(stopped(limits, "long-url").await, Exceeded::HandedOver(16 << 20));
}
