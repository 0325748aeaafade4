// documents: list, add, remove: what agents know from files.
#include <filesystem>
#include <fstream>
#include <sstream>

#include "gateway/ctl/commands.h"
#include "gateway/ctl/failure.h"
#include "gateway/ctl/output.h"

namespace earshot::ctl {

namespace {

constexpr std::uintmax_t kMaxDocumentBytes = 10 << 20;  // docs/lore.md
constexpr Milliseconds kAddPatience{300'000};           // the gateway answers when all of it is written

std::string documents_path(const std::string& agent) {
  return "/api/v1/agents/" + encoded(agent) + "/documents";
}

std::string document_bytes(const std::string& path) {
  std::error_code failure;
  const auto size = std::filesystem::file_size(path, failure);
  std::ifstream file(path, std::ios::binary);
  if (failure || !file) throw Failure(Exit::kUsage, "cannot read " + path);
  if (size > kMaxDocumentBytes) throw Failure(Exit::kUsage, path + " is larger than 10 MB");
  std::stringstream bytes;
  bytes << file.rdbuf();
  return bytes.str();
}

void documents(Context& context, const Arguments& arguments) {
  const std::string agent = arguments.text("AGENT");
  print_list(
      context, context.api.list(agent.empty() ? "/api/v1/documents" : documents_path(agent), {}, kMostListed),
      {{.title = "AGENT"}, {.title = "TITLE", .least = 16}, {.title = "BYTES"}, {.title = "PASSAGES"}},
      [](const json::object& one) -> std::vector<Cell> {
        return {member(one, "agent"), member(one, "title"), member(one, "size_bytes"),
                member(one, "passages")};
      },
      "no documents: earshotctl documents add AGENT FILE");
}

void add_document(Context& context, const Arguments& arguments) {
  const std::string agent = arguments.text("AGENT");
  const std::string file = arguments.text("FILE");
  const std::string title = arguments.text("--title", std::filesystem::path(file).filename().string());
  context.api.set_timeout(kAddPatience);
  const json::value added =
      context.api.put_bytes(documents_path(agent) + "/" + encoded(title), document_bytes(file));
  print_done(context,
             title + ": " + member(object_of(added), "passages") +
                 " passages; the agent looks into them where its config says documents: {depth: 4}",
             added);
}

void remove_document(Context& context, const Arguments& arguments) {
  const std::string title = arguments.text("TITLE");
  print_done(
      context, "removed " + title,
      context.api.send("DELETE", documents_path(arguments.text("AGENT")) + "/" + encoded(title), {}).body);
}

}  // namespace

void add_document_commands(std::vector<Command>& all) {
  all.push_back({"documents list",
                 "What agents know from files",
                 {optional_place("AGENT", "Of this agent alone")},
                 documents});
  all.push_back(
      {"documents add",
       "Gives an agent a text, Markdown, a PDF, or a lore book (YAML, JSON)",
       {place("AGENT", "Its name"), place("FILE", "At most 10 MB"),
        option("--title", "NAME", "Another name than the file's; one of the same name is replaced")},
       add_document});
  all.push_back({"documents remove",
                 "Takes a document away from an agent",
                 {place("AGENT", "Its name"), place("TITLE", "As documents list prints it")},
                 remove_document});
}

}  // namespace earshot::ctl
