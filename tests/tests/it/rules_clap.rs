//! The rules by which clap-validator judges a CLAP plugin, as tests of our own
//! (docs/decisions/028-the-validators-rules.md).
//!
//! | clap-validator | here |
//! |---|---|
//! | scan-time | `library::a_scan_takes_less_than_a_tenth_of_a_second` |
//! | scan-rtld-now | `library::every_symbol_is_there_when_all_are_resolved_at_once` |
//! | query-nonexistent-factory | `library::a_factory_that_nobody_knows_is_not_answered` |
//! | create-id-with-trailing-garbage | `library::an_id_with_something_behind_it_makes_no_plugin` |
//! | preset-discovery-crawl, -descriptor-consistency, -load | not applicable: `library::there_are_no_presets_to_discover` |
//! | descriptor-consistency | `library::an_instance_says_of_itself_what_the_library_said` |
//! | features-categories, features-duplicates | `library::the_features_name_a_category_and_none_twice` |
//! | process-audio-basic-out-of-place, -in-place | `playing::noise_passes_as_it_is_in_place_and_out_of_place` |
//! | process-audio-double-out-of-place, -in-place | not applicable: `layout::no_port_takes_64_bit_samples` |
//! | process-audio-denormals | `playing::what_is_barely_a_number_passes_as_it_is`; how long it takes: `cargo xtask bench process` |
//! | process-sleep-constant-mask | `playing::silence_stays_silence_whatever_the_host_says_of_it` |
//! | process-sleep-process-status | `playing::it_makes_no_sound_in_its_sleep_and_sleeps_not_while_it_listens` |
//! | process-note-out-of-place-basic, -inconsistent, -wildcard | not applicable: `layout::what_it_does_not_have_it_does_not_claim`; `playing::notes_that_it_has_no_use_for_do_no_harm` |
//! | process-varying-sample-rates | `playing::every_sample_rate_will_do` |
//! | process-varying-block-sizes, process-random-block-sizes | `playing::every_block_size_will_do` |
//! | process-reset-reactivate | `playing::a_reset_or_a_new_start_changes_nothing_that_follows` |
//! | layout-audio-ports-config | `layout::every_layout_is_what_its_ports_are_and_plays` |
//! | layout-audio-ports-activation, layout-configurable-audio-ports | not applicable: `layout::what_it_does_not_have_it_does_not_claim` |
//! | param-conversions | `params::text_and_value_lead_back_to_each_other` |
//! | param-default-values | `params::a_new_instance_stands_at_its_defaults` |
//! | param-set-events, param-set-no-cookies | `params::a_flush_moves_what_a_block_moves_with_or_without_hints` |
//! | param-set-wrong-namespace | `params::moves_in_a_foreign_language_move_nothing` |
//! | param-fuzz-basic, param-fuzz-bounds | `params::no_values_disturb_the_sound` |
//! | param-fuzz-sample-accurate | `params::no_pace_of_automation_disturbs_the_sound` |
//! | param-fuzz-modulation | `params::modulation_disturbs_no_sound_and_leaves_no_trace` |
//! | (checks when listing parameters) | `params::every_parameter_is_well_described` |
//! | state-invalid-empty, state-invalid-random | `state::what_is_no_state_is_refused_and_changes_nothing` |
//! | state-reproducibility-basic, -binary, -buffered | `state::a_state_comes_back_to_the_byte_also_in_small_pieces` |
//! | transport-null | `transport::without_a_transport_the_sound_passes` |
//! | transport-fuzz | `transport::no_transport_disturbs_the_sound` |
//! | transport-fuzz-sample-accurate | `transport::no_pace_of_transport_events_disturbs_the_sound` |
//! | latency-basic, tail-basic, render-modes | `layout::latency_and_render_modes_are_told` |
//!
//! Every block in these tests is also checked for what the validator checks in every block: all of it
//! written and nothing behind it, the input left alone, no NaN, infinity or denormal made from clean
//! numbers, no channel called constant that is not, events in order and inside the block
//! (`sideman_tests::clap_host::Block`). And there can be no allocation: the build under test aborts on one.

mod layout;
mod library;
mod params;
mod playing;
mod state;
mod transport;
mod window;
