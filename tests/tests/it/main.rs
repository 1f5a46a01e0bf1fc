//! What users of Sideman can rely on, tested from outside: the built programs, as they are shipped.

#![allow(clippy::unwrap_used, reason = "the helpers of tests are tests")]

mod api_auth;
mod api_cli;
mod api_jobs;
mod api_lego;
mod api_lego_ends;
mod api_lifecycle;
mod api_ops;
mod api_sources;
mod api_stems;
mod api_support;
mod deploy;
mod engine_acestep;
mod engine_conformance;
mod engine_faults;
mod engine_lora;
mod engine_model;
mod engine_service;
mod engine_support;
mod gate_conformance;
mod gate_faults;
mod gate_jobs;
mod gate_kill;
mod gate_support;
mod host_audition;
mod host_capture;
mod host_state;
mod host_support;
mod host_vst3;
mod main_job;
mod many_jobs;
mod rules_clap;
mod rules_support;
mod rules_vst3;
mod t4;
