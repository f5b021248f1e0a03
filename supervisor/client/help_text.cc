#include "supervisor/client/help_text.h"

#include "supervisor/client/table.h"
#include "supervisor/client/text.h"

namespace s1mple::client {

namespace {

std::string shown(const Param& param) {
  if (param.option.empty()) return upper(param.member);
  if (param.kind == ParamKind::flag) return std::string(param.option);
  return std::string(param.option) + " " + (param.choices.empty() ? upper(param.member) : std::string(param.choices));
}

using Rows = std::vector<std::pair<std::string, Line>>;

void append(Page& page, const std::string& heading, const Rows& rows) {
  if (rows.empty()) return;
  page.push_back({});
  page.push_back({{heading, Tone::heading}});
  for (auto& line : labelled(rows)) {
    line.front().tone = Tone::plain;
    line.insert(line.begin(), {"  ", Tone::plain});
    page.push_back(std::move(line));
  }
}

Rows common_rows(const Command* command) {
  Rows rows;
  if (command != nullptr && command->name == "status")
    rows.push_back({"--watch", {{"a live screen; one line a second where the output is no terminal"}}});
  if (command != nullptr && command->waits)
    rows.push_back({"--wait", {{"return when the evidence is there (at most --timeout, default 60 s)"}}});
  if (command != nullptr && command->lists) rows.push_back({"--limit N", {{"at most so many (default 50, up to 10000)"}}});
  if (command != nullptr && command->changes)
    rows.push_back({"--key TEXT", {{"ask under this id: repeated, it does nothing twice (8 to 64 bytes)"}}});
  rows.push_back({"--json", {{"print the JSON-RPC result instead of a page"}}});
  rows.push_back({"--socket PATH", {{"the supervisor's socket"}}});
  rows.push_back({"--home DIR", {{"the supervisor's home; its socket is DIR/control.sock"}}});
  rows.push_back({"--timeout SECONDS", {{"how long to wait for an answer (default 5)"}}});
  return rows;
}

Page exit_codes() {
  return {{},
          {{"Exit codes: 0 done, 1 refused, 64 wrong command line, 69 nobody there or outcome unknown.", Tone::dim}}};
}

}  // namespace

std::string usage_of(const Command& command) {
  std::string out(command.name);
  for (const auto& param : command.params) {
    const std::string text = shown(param);
    out += param.required ? " " + text : " [" + text + "]";
  }
  if (command.name == "status") out += " [--watch]";
  if (command.waits) out += " [--wait]";
  if (command.lists) out += " [--limit N]";
  return out;
}

std::string command_names() {
  std::string out;
  for (const auto& command : all_commands()) out += (out.empty() ? "" : ", ") + std::string(command.name);
  return out + ", run, check-config, reap";
}

Page help_page(std::string_view program) {
  const std::string name(program);
  Page page{{{name + " COMMAND [options]", Tone::strong}}};
  Rows rows;
  for (const auto& command : all_commands()) rows.push_back({usage_of(command), {{std::string(command.text)}}});
  for (auto& [usage, text] : rows)
    if (usage.size() > 26) usage = usage.substr(0, usage.find(' ')) + " ...";
  append(page, "Commands", rows);
  append(page, "The supervisor itself",
         {{"run --config FILE [--home DIR]", {{"supervise an orchestrator"}}},
          {"check-config FILE", {{"check a configuration and say what would be right"}}},
          {"reap --home DIR", {{"end what a dead supervisor left behind"}}}});
  append(page, "Options of every command", common_rows(nullptr));
  page.push_back({});
  page.push_back({{"More about one command: " + name + " help COMMAND", Tone::dim}});
  for (auto& line : exit_codes()) page.push_back(std::move(line));
  return page;
}

Page help_page(std::string_view program, const Command& command) {
  Page page{{{std::string(program) + " " + usage_of(command), Tone::strong}}, {{std::string(command.text) + "."}}};
  std::string_view details = command.details;
  while (!details.empty()) {
    const auto end = std::min(details.find('\n'), details.size());
    page.push_back({{std::string(details.substr(0, end))}});
    details.remove_prefix(std::min(end + 1, details.size()));
  }
  Rows rows;
  for (const auto& param : command.params) rows.push_back({shown(param), {{std::string(param.help)}}});
  append(page, "Parameters", rows);
  append(page, "Options", common_rows(&command));
  for (auto& line : exit_codes()) page.push_back(std::move(line));
  return page;
}

}  // namespace s1mple::client
