"""The crash matrix: at which point which fault, how it must be afterwards, and the tests that see to it."""

from dataclasses import dataclass

_HERE = "tests/crash"
_GATE = "tests/gateway"


@dataclass(frozen=True, slots=True)
class Row:
    """``tests`` are FILE::TEST; none where ``after`` says why there is nothing to test."""

    point: str
    fault: str
    after: str
    tests: tuple[str, ...]


ROWS = (
    Row(
        "M1: before the greeting",
        "kill, SIGTERM",
        "nothing, or 421",
        (f"{_GATE}/smtp/test_front.py::test_idle_sessions_are_told_and_no_new_ones_begin",),
    ),
    Row(
        "M2: MAIL, RCPT",
        "low space",
        "452 at MAIL before the disk is full; a release still works",
        (f"{_HERE}/test_space.py::test_low_space_is_452_at_mail_and_the_reserve_is_enough_for_a_release",),
    ),
    Row(
        "M2: reaching the list server",
        "refused, silent, closed, reset, late",
        "451 or its own reply; left alone for a while after five failures",
        (
            f"{_HERE}/test_next_hop.py::test_the_list_server_in_a_mood",
            f"{_HERE}/test_next_hop.py::test_the_list_server_in_any_mood_at_any_stage",
            f"{_GATE}/relay/test_breaker.py::test_it_rests_after_failures_in_a_row",
        ),
    ),
    Row(
        "M3: during DATA",
        "client gone, half-close",
        "nothing was taken",
        (
            f"{_HERE}/test_clients.py::test_the_client_is_gone_around_the_final_dot",
            f"{_HERE}/test_clients.py::test_the_client_is_gone_at_any_octet",
        ),
    ),
    Row(
        "M3: during DATA",
        "too slow",
        "421",
        (f"{_GATE}/smtp/test_limits.py::test_a_message_that_drips_in_is_given_up",),
    ),
    Row(
        "M3: during DATA",
        "kill",
        "nothing was taken",
        (f"{_HERE}/test_signals.py::test_a_kill_in_the_middle_of_a_message_leaves_nothing",),
    ),
    Row(
        "M3: spooling a long message",
        "disk full or broken",
        "452",
        (f"{_GATE}/smtp/test_limits.py::test_when_the_spool_cannot_be_written_the_client_keeps_the_message",),
    ),
    Row(
        "M4: after the dot, judging",
        "client gone, half-close, QUIT sent along",
        "judged to the end; the repeat gets the first one's reply",
        (
            f"{_HERE}/test_clients.py::test_the_client_is_gone_around_the_final_dot",
            f"{_HERE}/test_clients.py::test_quit_and_a_half_close_right_after_the_dot_are_no_reason_to_stop",
        ),
    ),
    Row(
        "M4: a reading process",
        "killed, too long",
        "held as unreadable",
        (
            f"{_GATE}/test_gate_trouble.py::test_a_message_whose_reader_is_killed_is_held_as_unreadable_in_any_mode",
            f"{_GATE}/test_gate_trouble.py::test_a_message_whose_reader_is_late_is_held",
        ),
    ),
    Row(
        "M4: after the dot, judging",
        "no reader free, a scanner or the DNS slow: the time for judging is over",
        "held as not judged in time",
        (
            f"{_GATE}/test_gate_trouble.py::test_a_message_that_is_not_judged_in_time_is_held_in_any_mode_and_says_so",
            f"{_GATE}/test_gate_trouble.py::test_messages_that_find_no_reader_free_in_time_are_held_too",
        ),
    ),
    Row(
        "M5: hold, before and in the commit",
        "kill at each system call",
        "no hold or one; the repeat makes none more",
        (
            f"{_HERE}/test_points.py::test_what_was_to_be_held_is_held_once",
            f"{_HERE}/test_disk.py::test_every_call_of_a_message_may_be_the_one",
        ),
    ),
    Row(
        "M5: hold, in the commit",
        "ENOSPC, a full file system",
        "452; what was held stays; goes on once there is room",
        (
            f"{_HERE}/test_disk.py::test_what_the_disk_did_not_take_is_the_clients_still",
            f"{_HERE}/test_space.py::test_a_full_file_system_is_452_until_there_is_room",
            f"{_HERE}/test_space.py::test_a_file_that_may_grow_no_more_is_trouble_of_ours",
        ),
    ),
    Row(
        "M5: hold, in the commit",
        "EIO",
        "451; one hold even if the failed commit comes back after a kill",
        (
            f"{_HERE}/test_disk.py::test_what_the_disk_did_not_take_is_the_clients_still",
            f"{_HERE}/test_disk.py::test_a_commit_that_failed_and_comes_back_after_a_kill_is_one_hold",
        ),
    ),
    Row(
        "M5: any route",
        "store locked by another",
        "451 after five seconds",
        (
            f"{_HERE}/test_locked.py::test_a_locked_store_is_451_within_the_deadline",
            f"{_HERE}/test_locked.py::test_any_lock_on_any_route",
        ),
    ),
    Row(
        "M5, M6, M11: every 250",
        "power cut",
        "the disk had it, or the list server had said 250, before ours was written (a trace shows it)",
        (
            f"{_HERE}/test_power.py::test_a_power_cut_takes_nothing_that_was_answered",
            f"{_HERE}/test_power.py::test_a_doctored_trace_is_seen_through",
        ),
    ),
    Row(
        "M6: held, not answered",
        "kill",
        "held; the repeat is told the same id",
        (f"{_HERE}/test_points.py::test_what_was_to_be_held_is_held_once",),
    ),
    Row(
        "M7: the reply is on its way",
        "client gone at each octet of it",
        "as M6; relayed mail is not relayed again",
        (
            f"{_HERE}/test_clients.py::test_the_client_is_gone_around_the_reply",
            f"{_HERE}/test_clients.py::test_the_client_is_gone_at_any_octet_of_the_reply",
        ),
    ),
    Row(
        "M8: relay, recorded as in flight",
        "kill",
        "the list server has nothing; the repeat is relayed",
        (f"{_HERE}/test_points.py::test_what_was_to_be_relayed_is_relayed",),
    ),
    Row(
        "M9: relay, before the dot",
        "kill; list server gone",
        "the list server has nothing; the repeat is relayed",
        (
            f"{_HERE}/test_points.py::test_what_was_to_be_relayed_is_relayed",
            f"{_HERE}/test_next_hop.py::test_the_list_server_in_a_mood",
        ),
    ),
    Row(
        "M10: relay, dot sent, no reply",
        "list server silent, closed, reset, late, talking nonsense; kill",
        "451, never 250; the repeat is relayed again and counted",
        (
            f"{_HERE}/test_next_hop.py::test_the_list_server_in_a_mood",
            f"{_GATE}/test_gate_repeats.py::test_after_an_unknown_outcome_the_repeat_is_relayed_again_and_counted",
            f"{_GATE}/test_gate_repeats.py::test_a_client_that_saw_our_451_repeats_what_is_unknown_all_the_same",
        ),
    ),
    Row(
        "M10: relay, dot sent, no reply",
        "client gone",
        "waited for; the repeat gets 250 and is not relayed",
        (f"{_HERE}/test_clients.py::test_the_client_is_gone_around_the_final_dot",),
    ),
    Row(
        "M11: relay, list server has said 250",
        "kill",
        "the repeat may be a second copy, counted; none once the outcome is in the store",
        (
            f"{_HERE}/test_points.py::test_what_was_to_be_relayed_is_relayed",
            f"{_HERE}/test_decisions.py::test_an_outcome_that_was_not_written_is_unknown_and_the_repeat_is_counted",
            f"{_HERE}/test_decisions.py::test_an_outcome_that_was_written_answers_the_repeat_after_a_kill",
        ),
    ),
    Row(
        "M11: refused by a clause, not answered",
        "kill",
        "the repeat is judged anew and refused; nothing was sent or held",
        (f"{_HERE}/test_decisions.py::test_a_refusal_that_nobody_heard_is_said_again",),
    ),
    Row(
        "M12: release, before connecting",
        "kill",
        "sent once when the lease is over",
        (f"{_HERE}/test_points.py::test_what_was_released_leaves_once_or_a_moderator_is_asked",),
    ),
    Row(
        "M13: release, dot sent, no reply",
        "kill; list server silent or gone",
        "a moderator is asked, nothing is sent again by itself",
        (
            f"{_HERE}/test_points.py::test_what_was_released_leaves_once_or_a_moderator_is_asked",
            f"{_GATE}/duties/test_deliver.py::test_a_lost_reply_after_the_dot_is_unknown_and_never_tried_again",
        ),
    ),
    Row(
        "M14: release",
        "list server busy, or refuses",
        "tried again later and later; a refusal comes back to the moderator",
        (
            f"{_HERE}/test_next_hop.py::test_a_stored_post_reaches_a_list_server_that_was_away",
            f"{_GATE}/duties/test_deliver.py::test_a_busy_next_hop_is_tried_again_and_the_post_arrives_once",
            f"{_GATE}/duties/test_deliver.py::test_a_final_refusal_comes_back_with_the_list_servers_words",
        ),
    ),
    Row(
        "M15: release done, not recorded",
        "kill",
        "as M13",
        (f"{_HERE}/test_points.py::test_what_was_released_leaves_once_or_a_moderator_is_asked",),
    ),
    Row(
        "M16: decision and its notice",
        "kill",
        "in one commit; the notice comes once, at worst twice",
        (
            f"{_GATE}/test_gate.py::test_a_hold_calls_for_notices_to_moderators_and_author_in_the_same_commit",
            f"{_HERE}/test_points.py::test_an_author_is_told",
        ),
    ),
    Row(
        "M16: decision, undo",
        "kill before and after the commit",
        "taken whole or not at all; whoever asks again is told so",
        (
            f"{_HERE}/test_decisions.py::test_a_decision_is_taken_whole_or_not_at_all",
            f"{_HERE}/test_decisions.py::test_an_undo_is_done_whole_or_not_at_all",
        ),
    ),
    Row(
        "M17: expiry, purge",
        "kill",
        "expired once; what is purged is out of the file after the next start",
        (
            f"{_HERE}/test_decisions.py::test_what_expires_does_so_once",
            f"{_HERE}/test_decisions.py::test_what_was_purged_is_out_of_the_file_though_the_purge_was_killed",
        ),
    ),
    Row(
        "M17: expiry, leases, repeats",
        "the clock jumps by days, both ways",
        "nothing expires for it, nothing is lost or doubled",
        (
            f"{_HERE}/test_clocks.py::test_a_clock_that_jumps_loses_and_doubles_nothing",
            f"{_HERE}/test_clocks.py::test_a_jump_over_all_deadlines_expires_nothing",
            f"{_GATE}/duties/test_expire.py::test_nothing_expires_because_of_a_clock_that_jumped",
        ),
    ),
    Row(
        "M18: making or migrating the store",
        "kill at each write",
        "the old one or the new one; a copy is made before",
        (
            f"{_HERE}/test_migration.py::test_a_kill_at_any_write_leaves_nothing_half",
            f"{_HERE}/test_migration.py::test_a_kill_while_an_older_store_is_brought_up_loses_nothing",
            f"{_HERE}/test_migration.py::test_a_kill_at_any_write_of_a_migration_loses_nothing",
            f"{_GATE}/store/test_schema.py::test_an_older_store_is_copied_before_it_is_migrated",
        ),
    ),
    Row(
        "M19: SIGTERM",
        "in DATA, after the dot, idle",
        "what was begun is answered, the idle are told 421, exit code 0",
        (
            f"{_HERE}/test_signals.py::test_a_message_that_was_begun_is_answered_before_the_gateway_ends",
            f"{_HERE}/test_signals.py::test_a_relay_under_way_is_answered_before_the_gateway_ends",
        ),
    ),
    Row("M20: PostgreSQL fails over", "connection lost in COMMIT", "the store is SQLite: there is nothing to test yet", ()),
    Row(
        "M21: two processes, one store",
        "one stands still (SIGSTOP), or both want the same delivery",
        "delivered once; who lost the lease sends no dot",
        (
            f"{_HERE}/test_signals.py::test_a_gateway_that_stood_still_goes_on",
            f"{_GATE}/duties/test_recovery.py::test_two_processes_deliver_a_post_once",
            f"{_GATE}/duties/test_recovery.py::test_no_dot_is_sent_once_the_lease_is_lost",
        ),
    ),
    Row(
        "M22: descriptors run out",
        "EMFILE",
        "who is connected is answered, who comes waits",
        (f"{_HERE}/test_descriptors.py::test_without_descriptors_nothing_is_lost",),
    ),
    Row(
        "M23: a policy is published",
        "it cannot be read",
        "the one in force stays",
        (f"{_GATE}/test_service.py::test_a_published_policy_that_cannot_be_read_leaves_the_one_in_force",),
    ),
    Row(
        "all of them",
        "mixed at random under load",
        "every message accounted for by id",
        (
            f"{_HERE}/test_sweep.py::test_some_seconds_of_mixed_faults",
            f"{_HERE}/test_sweep.py::test_ten_minutes_of_mixed_faults",
            f"{_HERE}/test_kill.py::test_ten_kills_lose_nothing",
        ),
    ),
)  # fmt: skip


def table() -> str:
    """The rows as docs/promises.md has them."""
    lines = ["| Point | Fault | Afterwards | Seen to by |", "|---|---|---|---|"]
    for row in ROWS:
        tests = "<br>".join(f"`{test}`" for test in row.tests)
        lines.append(f"| {row.point} | {row.fault} | {row.after} | {tests} |")
    return "\n".join(lines) + "\n"
