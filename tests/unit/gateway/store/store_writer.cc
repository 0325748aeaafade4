// A process that writes until it is killed or its disk is full: `store_writer FILE JOBS MAX_FILE_BYTES`. Each
// job writes two settings. What became of it goes to stdout, a line each, when the store tells: "+7" or "-7".
#include <sys/resource.h>
#include <unistd.h>

#include <csignal>
#include <cstdio>
#include <string>

#include "gateway/store/open_store.h"

namespace {

void print(const std::string& line) {
  if (::write(STDOUT_FILENO, line.data(), line.size()) < 0) std::_Exit(1);
}

}  // namespace

int main(int argc, char** argv) {
  using namespace earshot;
  if (argc != 4) return 2;
  const int jobs = std::stoi(argv[2]);
  const auto proxy = store::open_store(argv[1]);
  std::signal(SIGXFSZ, SIG_IGN);  // a write beyond the limit then fails as on a full disk
  const rlimit limit{static_cast<rlim_t>(std::stoll(argv[3])), RLIM_INFINITY};
  if (::setrlimit(RLIMIT_FSIZE, &limit) != 0) return 3;

  asio::io_context io;
  int given = 0;
  std::function<void()> give = [&] {
    const int job = given++;
    if (job >= jobs) return;
    proxy->write(
        io.get_executor(),
        [number = std::to_string(job)](store::Store& store) {
          store.settings().put("a" + number, std::string(200, 'x'));
          store.settings().put("b" + number, std::string(200, 'y'));
        },
        [&give, job](const Status& done) {
          print((done ? "+" : "-") + std::to_string(job) + "\n");
          give();
        });
  };
  for (int i = 0; i < 300; ++i) give();
  io.run();
  proxy->stop();
  return 0;
}
