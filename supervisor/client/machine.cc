#include "supervisor/client/machine.h"

#include <grp.h>
#include <pwd.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <cstdlib>

#include "supervisor/client/text.h"

namespace s1mple::client {

namespace {

std::string variable(const char* name) {
  const char* value = std::getenv(name);
  return value == nullptr ? std::string() : std::string(value);
}

std::string home_directory() {
  std::string home = variable("HOME");
  if (!home.empty()) return home;
  const passwd* user = ::getpwuid(::getuid());
  return user == nullptr ? std::string() : std::string(user->pw_dir);
}

bool write_all(int fd, std::string_view text) {
  while (!text.empty()) {
    const ssize_t size = ::write(fd, text.data(), text.size());
    if (size > 0) {
      text.remove_prefix(static_cast<std::size_t>(size));
    } else if (errno != EINTR) {
      return false;
    }
  }
  return true;
}

}  // namespace

bool speaks_utf8(std::string_view lc_all, std::string_view lc_ctype, std::string_view lang, std::string_view term) {
  if (term == "linux") return false;  // the kernel's console has no braille and few other glyphs
  const std::string_view locale = !lc_all.empty() ? lc_all : !lc_ctype.empty() ? lc_ctype : lang;
  for (const std::string_view name : {"UTF-8", "utf-8", "UTF8", "utf8"})
    if (locale.find(name) != std::string_view::npos) return true;
  return false;
}

Machine this_machine() {
  Machine machine;
  machine.environment = {variable("S1MPLE_SOCKET"), variable("STATE_DIRECTORY"), home_directory()};
  machine.output_is_terminal = ::isatty(STDOUT_FILENO) == 1;
  const std::string term = variable("TERM");
  machine.look.colour = machine.output_is_terminal && variable("NO_COLOR").empty() && term != "dumb" && !term.empty();
  machine.look.utf8 = speaks_utf8(variable("LC_ALL"), variable("LC_CTYPE"), variable("LANG"), term);
  return machine;
}

void fill_owners(Attempt& attempt) {
  std::string path = attempt.path;
  struct stat found {};
  while (::stat(path.c_str(), &found) != 0) {
    const auto slash = path.find_last_of('/');
    if (slash == std::string::npos || slash == 0) return;
    path.resize(slash);
  }
  const passwd* user = ::getpwuid(found.st_uid);
  attempt.owner = user == nullptr ? std::to_string(found.st_uid) : std::string(user->pw_name);
  const group* members = ::getgrgid(found.st_gid);
  attempt.group = members == nullptr ? std::to_string(found.st_gid) : std::string(members->gr_name);
}

bool write_out(std::string_view text) { return write_all(STDOUT_FILENO, text); }

void write_error(std::string_view text) {
  std::string line(text);
  line += '\n';
  static_cast<void>(write_all(STDERR_FILENO, line));
}

}  // namespace s1mple::client
