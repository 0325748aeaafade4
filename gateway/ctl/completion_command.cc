// completion: prints the shell's side of it.
#include "gateway/ctl/commands.h"
#include "gateway/ctl/completion.h"
#include "gateway/ctl/output.h"

namespace earshot::ctl {

void add_completion_command(std::vector<Command>& all) {
  Parameter shell = place("SHELL", "bash");
  shell.choices = {"bash"};
  all.push_back({"completion",
                 "Prints what makes a shell complete: source <(earshotctl completion bash)",
                 {shell},
                 [](Context& context, const Arguments&) { context.terminal.print(kBashCompletion); }});
}

}  // namespace earshot::ctl
