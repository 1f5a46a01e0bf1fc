//! The rules by which Steinberg's validator and pluginval judge a VST3 plugin, as tests of our own
//! (docs/decisions/028-the-validators-rules.md).
//!
//! | Steinberg's validator | here |
//! |---|---|
//! | (factory and class infos) | `module::the_three_generations_of_telling_a_class_agree` |
//! | Editor Classes | `module::one_object_is_both_halves` |
//! | Suspend/Resume | `module::it_is_suspended_and_resumed_at_will` |
//! | Terminate/Initialize, Valid State Transition | `module::it_ends_and_begins_again_at_will` |
//! | Invalid State Transition, Repeat Identical State Transition | the framework is more lenient than they ask: `module::transitions_that_should_not_be_do_no_harm` |
//! | Plugin Compatibility | not applicable: no class of an older plugin is replaced |
//! | Scan Buses, Check Bus Consistency | `buses::the_buses_are_told_in_full_and_always_alike` |
//! | Bus Invalid Index | refused, though the framework writes into the answer: `buses::a_bus_that_is_not_there_is_refused` |
//! | Bus Activation | `buses::every_bus_can_be_switched` |
//! | Check Audio Bus Arrangement, Speaker Arrangement (all pairs) | `buses::an_arrangement_is_taken_as_it_is_or_not_at_all` |
//! | Sidechain Arrangement | not applicable: `buses::there_is_no_side_chain_and_no_event_bus` |
//! | Midi Mapping, Midi Learn, Note Expression, Keyswitch | not applicable: no event bus, as above; `buses::no_midi_controller_moves_anything` |
//! | Check Unit Structure, Scan Units, Scan Programs | `params::the_units_hang_together_and_hold_every_parameter` |
//! | Scan Parameters | `params::every_parameter_is_well_described` |
//! | Parameter Function Name | not applicable: no interface for it |
//! | Bypass Persistence | not applicable: there is no bypass (`params::every_parameter_is_well_described`) |
//! | Process Test (32), Process Input Overwriting | `playing::noise_passes_as_it_is_in_place_and_out_of_place` |
//! | Process Test (64) and all others with 64 bits | not applicable: `playing::only_samples_of_32_bits_are_taken` |
//! | Process Tail | `playing::there_is_no_tail` |
//! | Process Threaded | `playing::parameters_move_on_one_thread_while_another_plays` |
//! | Process Context Requirements | `playing::what_it_wants_of_the_transport_it_says` |
//! | Silence Flags, Silence Processing | `playing::silence_stays_silence_whatever_the_host_says_of_it` |
//! | Variable Block Size | `playing::every_block_size_will_do` |
//! | Process Format | `playing::every_sample_rate_will_do` |
//! | Accuracy: Sample/Block, Change every N Samples | `params::no_pace_of_automation_disturbs_the_sound` |
//! | Parameters Flush 1, 2 and 3 | `params::parameters_move_also_where_there_is_nothing_to_play` |
//!
//! | pluginval, strictness 10 | here |
//! |---|---|
//! | Plugin info | `module::the_three_generations_of_telling_a_class_agree` |
//! | Plugin programs | not applicable: `params::the_units_hang_together_and_hold_every_parameter` |
//! | Editor, Editor stress | `window::the_window_opens_ten_times_also_before_there_is_any_sound` |
//! | Open editor whilst processing | `window::the_window_opens_and_closes_while_everything_moves`, also without a run loop |
//! | Editor Automation, Background thread state | `window::the_window_follows_a_host_that_moves_every_parameter` |
//! | Editor DPI Awareness | on Windows alone; here `rules_clap::window::the_window_lives_through_changes_of_its_scale` |
//! | Audio processing, Non-releasing audio processing | `playing::every_rate_and_size_also_without_letting_go` |
//! | Plugin state, Plugin state restoration | `state::what_is_loaded_is_what_is_saved_though_everything_moved` |
//! | Automation | `params::no_pace_of_automation_disturbs_the_sound` |
//! | Automatable Parameters, Parameters, Fuzz parameters | `params::text_and_value_lead_back_to_each_other` |
//! | Parameter thread safety | `playing::parameters_move_on_one_thread_while_another_plays` |
//! | Basic bus | `buses::every_bus_can_be_switched`, `buses::an_arrangement_is_taken_as_it_is_or_not_at_all` |
//! | Allocations during process | every test: the build under test aborts on one |
//! | Process called with a larger than prepared block size | `playing::a_block_larger_than_announced_passes_too` |
//! | Ensuring that the locale does not change | `rules_clap::window::the_plugin_keeps_to_its_own_numbers_and_leaves_the_host_its_language` |
//! | vst3 validator | the table above |
//! | auval | not applicable: there is no Audio Unit |
//!
//! Every block is also checked for what holds in every block (`sideman_tests::vst3_host::Vst3Block`).

use crate::{
    host_vst3::{instance, library},
    rules_support::Dice,
};
use anyhow::{Result, ensure};
use sideman_tests::vst3_host::{Parameter, Vst3Audio, Vst3Block, Vst3Host};
use std::path::Path;

mod buses;
mod module;
mod params;
mod playing;
mod state;
mod window;

/// An active stereo instance at 44.1 kHz.
fn active(home: &Path, max_block_frames: usize) -> Vst3Host {
    let mut host = instance(&library(), home);
    host.activate(44_100, max_block_frames).unwrap();
    host
}

/// A block in which every automatable parameter moves.
fn moving<'a>(input: &'a [Vec<f32>], parameters: &[Parameter], dice: &mut Dice) -> Vst3Block<'a> {
    let moved = parameters.iter().filter(|p| p.flags & 1 != 0);
    let moved = moved.map(|p| (p.id, vec![(0, dice.unit())]));
    Vst3Block {
        moved: Some(moved.collect()),
        ..Vst3Block::of(input)
    }
}

/// Sends the block; with nothing to audition, what goes in must come out.
fn passes(audio: &Vst3Audio, block: &Vst3Block) -> Result<()> {
    let (output, _) = audio.send(block)?;
    ensure!(output == block.input, "the sound is not as it was");
    Ok(())
}
