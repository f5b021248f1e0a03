#include "orchestrator/shell/store_report.h"

#include <cstdio>

#include "orchestrator/domain/json_text_fields.h"
#include "orchestrator/state/record_digest.h"

namespace s1mple {
namespace {

void write_texts(JsonWriter& out, std::string_view key, const std::vector<std::string>& texts) {
  out.key(key).begin_array();
  for (const std::string& text : texts) out.text(text);
  out.end_array();
}

std::string_view help_for(ExitCode code) {
  switch (code) {
    case ExitCode::lock_held: return "stop the process that holds the store first";
    case ExitCode::store_failed: return "see to the disk: space, permissions, health; nothing acknowledged is lost";
    case ExitCode::state_damaged: return "use the version that wrote it, or a newer one";
    case ExitCode::usage: return "see orchestrator store --help";
    case ExitCode::done:
    case ExitCode::command_refused:
    case ExitCode::venue_refused:
    case ExitCode::unavailable:
    case ExitCode::internal:
    case ExitCode::handed_over: return "";
  }
  ENSURE(false, "exit code out of range");
}

void write_archives(const RecoveryReport& report, JsonWriter& out) {
  out.key("archives").begin_array();
  for (const ArchiveRef& archive : report.archives)
    out.begin_object().text("file", archive.file).number("bytes", archive.bytes)
        .text("crc32c", digest_text(archive.crc)).end_object();
  out.end_array().number("archived_orders", report.archived_orders).number("archived_fills", report.archived_fills);
  out.number("archive_tail_bytes", report.archive_tail_bytes);
}

// The archived rows in front of the list, "[...]".
void write_joined(JsonWriter& out, std::string_view archived, std::string_view list) {
  const bool both = !archived.empty() && list != "[]";
  out.raw("[" + std::string(archived) + (both ? "," : "") + std::string(list.substr(1)));
}

// The state with the archive's orders and fills in front of its own, oldest first: as if nothing had ever left it.
void write_whole_state(const Folding& folding, const ArchivedRows& archived, JsonWriter& out) {
  JsonWriter state;
  folding.write_snapshot(state);
  JsonCursor cursor(state.str());
  out.begin_object();
  each_member_of_text(cursor, [&](std::string_view name, JsonCursor& member) {
    out.key(name);
    const std::string_view value = member.value();
    if (name == "orders")
      write_joined(out, archived.orders, value);
    else if (name == "fills")
      write_joined(out, archived.fills, value);
    else
      out.raw(value);
  });
  ENSURE(cursor.at_end(), "a snapshot of our own is no JSON object");
  out.end_object();
}

}  // namespace

ExitCode exit_code_of(const Error& error) {
  switch (error.code) {
    case Errc::damaged:
    case Errc::unsupported:
    case Errc::overflow: return ExitCode::state_damaged;
    case Errc::io:
    case Errc::no_space:
    case Errc::timeout:
    case Errc::closed: return ExitCode::store_failed;
    case Errc::busy: return ExitCode::lock_held;
    case Errc::invalid:
    case Errc::not_found:
    case Errc::exists:
    case Errc::refused: return ExitCode::usage;
  }
  ENSURE(false, "error code out of range");
}

std::string failure_json(const Error& error, const std::optional<StoreDamage>& damage) {
  JsonWriter out;
  out.begin_object().boolean("ok", false).key("error").begin_object();
  if (damage) {
    out.text("file", damage->file).number("offset", damage->offset).text("reason", damage->reason);
    out.text("help", damage->help);
  } else {
    out.null("file").null("offset").text("reason", error.story).text("help", help_for(exit_code_of(error)));
  }
  out.end_object().end_object();
  return out.take();
}

std::string report_json(const RecoveryReport& report, const Folding& folding,
                        const std::optional<InspectExtras>& extras) {
  JsonWriter out;
  out.begin_object().boolean("ok", true);
  out.number("seq", report.seq).number("records", report.records);
  out.text("records_digest", digest_text(report.digest)).number("snapshot_seq", report.snapshot_seq);
  out.number("epoch", report.found_epoch).boolean("clean_stop", report.clean_stop);
  out.number("torn_bytes", report.torn_bytes).boolean("empty", report.was_empty);
  out.boolean("salvaged", report.salvaged).boolean("older_generation", report.older_generation);
  write_archives(report, out);
  write_texts(out, "set_aside", report.set_aside);
  if (extras) {
    write_texts(out, "pending", extras->pending);
    out.key("locked_by");
    extras->locked_by ? out.number(std::int64_t{*extras->locked_by}) : out.null();
  }
  if (report.was_empty) {
    out.null("kind").null("state");
  } else {
    out.text("kind", folding.kind()).key("state");
    if (extras && extras->archived)
      write_whole_state(folding, *extras->archived, out);
    else
      folding.write_snapshot(out);
  }
  out.end_object();
  return out.take();
}

void print_line(const std::string& line) {
  std::fwrite(line.data(), 1, line.size(), stdout);
  std::fputc('\n', stdout);
  std::fflush(stdout);
}

ExitCode print_failure(const Error& error, const std::optional<StoreDamage>& damage) {
  print_line(failure_json(error, damage));
  return exit_code_of(error);
}

}  // namespace s1mple
