#include "tests/fakes/postgres_server.h"

#include <fcntl.h>
#include <signal.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <filesystem>
#include <stdexcept>
#include <thread>
#include <vector>

namespace earshot::fakes {

namespace {

using std::chrono::milliseconds;
using std::chrono::seconds;
namespace fs = std::filesystem;

// Where Debian's packages put the programs of each version; empty: there are none.
fs::path programs() {
  std::vector<fs::path> found;
  std::error_code none;
  for (const auto& version : fs::directory_iterator("/usr/lib/postgresql", none)) {
    if (fs::exists(version.path() / "bin/initdb") && fs::exists(version.path() / "bin/psql")) {
      found.push_back(version.path() / "bin");
    }
  }
  return found.empty() ? fs::path() : std::ranges::max(found);
}

// Dies with the test also behind the change of user, which makes the kernel forget that it shall.
std::vector<std::string> as_nobody(std::vector<std::string> command) {
  if (::geteuid() != 0) return command;
  std::vector<std::string> all{"/usr/bin/setpriv", "--reuid=nobody",   "--regid=nogroup",
                               "--clear-groups",   "--pdeathsig=QUIT", "--"};
  all.insert(all.end(), command.begin(), command.end());
  return all;
}

}  // namespace

std::string PostgresServer::missing() {
  return programs().empty() ? "Debian's package postgresql is not installed" : "";
}

PostgresServer::PostgresServer() {
  // The socket's path has 107 bytes.
  std::string pattern = (fs::temp_directory_path() / "earshot_pg_XXXXXX").string();
  if (::mkdtemp(pattern.data()) == nullptr) throw std::runtime_error("no temporary folder");
  folder_ = pattern;
  ::chmod(folder_.c_str(), 0777);
  e2e::ChildProcess init(as_nobody({(programs() / "initdb").string(), "-D", folder_ + "/data", "-U",
                                    "earshot", "--auth=trust", "-E", "UTF8", "--locale=C", "-N"}),
                         folder_ + "/init.out", folder_ + "/init.err");
  if (init.wait(seconds(60)) != 0) throw std::runtime_error("initdb: " + init.errors());
  start();
}

PostgresServer::~PostgresServer() {
  freeze(false);
  stop();
  std::error_code ignored;
  fs::remove_all(folder_, ignored);
}

std::string PostgresServer::new_database() {
  const std::string name = "db" + std::to_string(++databases_);
  const std::string root = "postgresql://earshot@/postgres?host=" + folder_;
  sql(root, "CREATE DATABASE " + name);
  return "postgresql://earshot@/" + name + "?host=" + folder_;
}

std::string PostgresServer::sql(const std::string& url, const std::string& statement) const {
  static int calls = 0;
  const std::string files = folder_ + "/psql" + std::to_string(++calls);
  e2e::ChildProcess psql({(programs() / "psql").string(), "-X", "-q", "-A", "-t", "-d", url, "-c", statement},
                         files + ".out", files + ".err");
  if (psql.wait(seconds(30)) != 0) throw std::runtime_error("psql: " + psql.errors());
  std::string text = psql.output();
  while (text.ends_with('\n')) text.pop_back();
  return text;
}

void PostgresServer::stop() {
  if (server_ == nullptr) return;
  server_->signal(SIGINT);  // fast: it ends the connections
  server_->wait(seconds(20));
  server_.reset();
}

void PostgresServer::start() {
  server_ = std::make_unique<e2e::ChildProcess>(
      as_nobody({(programs() / "postgres").string(), "-D", folder_ + "/data", "-k", folder_, "-c",
                 "listen_addresses=", "-c", "fsync=off", "-c", "full_page_writes=off", "-c",
                 "shared_buffers=16MB"}),
      folder_ + "/server.out", folder_ + "/server.err");
  const auto deadline = std::chrono::steady_clock::now() + seconds(30);
  while (std::chrono::steady_clock::now() < deadline && server_->running()) {
    e2e::ChildProcess ready({(programs() / "pg_isready").string(), "-q", "-h", folder_},
                            folder_ + "/ready.out", folder_ + "/ready.err");
    if (ready.wait(seconds(5)) == 0) return;
    std::this_thread::sleep_for(milliseconds(50));
  }
  throw std::runtime_error("postgres: " + server_->errors());
}

void PostgresServer::freeze(bool frozen) {
  if (server_ == nullptr) return;
  // Each connection has a process of its own, a child of the server.
  const std::string children =
      "/proc/" + std::to_string(server_->pid()) + "/task/" + std::to_string(server_->pid()) + "/children";
  const std::string listed = e2e::read_file(children);
  for (std::size_t at = 0; at < listed.size();) {
    std::size_t end = 0;
    const int pid = std::stoi(listed.substr(at), &end);
    ::kill(pid, frozen ? SIGSTOP : SIGCONT);
    at += end + 1;
  }
  server_->signal(frozen ? SIGSTOP : SIGCONT);
}

}  // namespace earshot::fakes
