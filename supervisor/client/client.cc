#include "supervisor/client/client.h"

#include <span>

#include "common/contract/exit_code.h"
#include "common/contract/version.h"
#include "supervisor/client/arguments.h"
#include "supervisor/client/conversation.h"
#include "supervisor/client/help_text.h"
#include "supervisor/client/machine.h"
#include "supervisor/client/text.h"
#include "supervisor/client/watch.h"

namespace s1mple {

namespace {

using namespace client;  // the room's own names, in its entry point only

std::string base_name(std::string_view path) {
  const auto slash = path.rfind('/');
  const std::string name = neutral(slash == std::string_view::npos ? path : path.substr(slash + 1), 64);
  return name.empty() ? "s1mple" : name;
}

Speaker speaker_of(const std::string& program, const Invocation& asked) {
  Speaker speaker{program, {}};
  if (!asked.socket.empty()) speaker.suffix += " --socket " + shell_word(asked.socket);
  if (!asked.home.empty()) speaker.suffix += " --home " + shell_word(asked.home);
  return speaker;
}

int fail(ExitCode code, const std::string& program, const std::string& story) {
  write_error(program + ": " + story);
  return to_int(code);
}

int show_help(const std::string& program, const Invocation& asked, Look look) {
  const std::string topic = asked.help ? std::string(asked.command->name) : asked.topic;
  const Command* command = topic.empty() || topic == "help" ? nullptr : find_command(topic);
  if (command == nullptr && !topic.empty() && topic != "help")
    return fail(ExitCode::usage, program, "there is no command '" + neutral(topic) + "'; there are: " + command_names());
  const Page page = command == nullptr ? help_page(program) : help_page(program, *command);
  return write_out(printed(page, look)) ? 0 : to_int(ExitCode::unavailable);
}

int refuse_arguments(const std::string& program, const std::string& story, const char* command) {
  const bool known = command != nullptr && find_command(command) != nullptr;
  const std::string more = known ? "\nSee: " + program + " help " + std::string(find_command(command)->name)
                                 : "\nCommands: " + command_names();
  return fail(ExitCode::usage, program, neutral(story) + more);
}

}  // namespace

bool is_client_command(const char* name) {
  const std::string_view word = name == nullptr ? "" : name;
  return word == "-h" || word == "--help" || word == "--version" || find_command(word) != nullptr;
}

int run_client(int argc, char** argv) {
  const std::span<char* const> all(argv, static_cast<std::size_t>(argc));
  const std::string program = all.empty() ? "s1mple" : base_name(all.front());
  const std::vector<const char*> words(all.begin() + (all.empty() ? 0 : 1), all.end());
  const Machine machine = this_machine();
  if (words.empty()) {
    static_cast<void>(write_out(printed(help_page(program), machine.look)));
    return to_int(ExitCode::usage);
  }
  const auto asked = parse_arguments(words);
  if (!asked) return refuse_arguments(program, asked.error().story, words.front());
  if (asked->help || asked->command->method.empty()) return show_help(program, *asked, machine.look);

  const auto paths = socket_paths(asked->socket, asked->home, machine.environment);
  if (!paths) return fail(ExitCode::usage, program, paths.error().story);
  const Speaker speaker = speaker_of(program, *asked);
  if (asked->watch && !asked->json)
    return machine.output_is_terminal ? watch_screen(*paths, machine, speaker) : watch_lines(*paths, speaker);
  return Conversation(*asked, *paths, machine, speaker).run();
}

}  // namespace s1mple
