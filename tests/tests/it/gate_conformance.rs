//! The gate gpu-queue-service keeps the promises of every gate, in every way of learning its turn.

use crate::gate_support::{Door, MODES, gate, settings};
use sideman_tests::gpu_queue::{GpuQueue, Ledger};
use wrapper_service::gate::{conformance, gpu_queue_service::Admission};

#[tokio::test(flavor = "multi_thread")]
async fn the_queue_gate_keeps_the_promises_of_a_gate_in_every_mode() {
    for admission in MODES {
        let queue = GpuQueue::start(1000);
        let door = Door::open().await;
        if matches!(admission, Admission::Auto | Admission::Webhook) {
            queue.announce_to(&door.base);
        }
        if admission == Admission::Immediate {
            queue.answer_when_granted();
        }
        conformance::check(|| door.lead_to(gate(settings(&queue, admission)))).await;
        let ledger = queue.wait_for("settled", Ledger::is_settled);
        let mode = admission.as_str();
        assert_eq!(
            ledger.told_again(),
            0,
            "{mode}: released twice: {ledger:#?}"
        );
        assert!(ledger.most_out <= 1000, "{mode}");
        assert_eq!((ledger.ended("completed"), ledger.held()), (3, 0), "{mode}");
        for account in ledger.accounts.values() {
            assert!(
                account.granted <= 1 && account.enqueued == 1,
                "{mode}: {account:?}"
            );
        }
    }
}
