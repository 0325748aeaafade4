#include "worker/mcp_servers/server_settings.h"

#include <algorithm>
#include <filesystem>
#include <fstream>
#include <optional>

#include "common/json/json.h"
#include "worker/mcp_servers/web_address.h"

namespace earshot::worker {

namespace {

constexpr std::size_t kMaxNameLength = 32;
constexpr std::size_t kMaxSettingsBytes = 1024 * 1024;
constexpr std::string_view kNameCharacters =
    "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789_-";

bool is_header_name(std::string_view name) {
  return !name.empty() && name.find_first_not_of(kNameCharacters) == std::string_view::npos;
}

bool has_line_end(std::string_view text) {
  return text.find_first_of(std::string_view("\r\n\0", 3)) != std::string_view::npos;
}

std::string lower_case(std::string text) {
  std::ranges::transform(text, text.begin(),
                         [](char c) { return c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c; });
  return text;
}

std::vector<std::pair<std::string, std::string>> read_pairs(ConfigSection section) {
  std::vector<std::pair<std::string, std::string>> pairs;
  for (const std::string& name : section.children()) {
    std::string value;
    section.read(name, value);
    if (!is_header_name(name) || has_line_end(value))
      section.problem(name, "is no name, or has more than a line");
    pairs.emplace_back(name, std::move(value));
  }
  return pairs;
}

// `secrets: { NAME_env: VARIABLE, OTHER_file: /path }`.
std::vector<std::pair<std::string, Secret>> read_secrets(ConfigSection section) {
  std::vector<std::pair<std::string, Secret>> secrets;
  for (const std::string& key : section.children()) {
    const std::size_t cut = key.ends_with("_env") ? 4 : key.ends_with("_file") ? 5 : 0;
    const std::string name = key.substr(0, key.size() - cut);
    if (cut == 0 || !is_header_name(name)) {
      section.problem(key, "must be a name with _env or _file behind it");
      continue;
    }
    Secret secret;
    section.read_secret(name, secret);
    if (has_line_end(secret.reveal())) section.problem(key, "has more than a line");
    secrets.emplace_back(name, std::move(secret));
  }
  return secrets;
}

void check_url(ConfigSection& section, const std::string& url) {
  if (!url_origin(url)) section.problem("url", "must be http://HOST... or https://HOST...");
}

WebTerms read_web(ConfigSection& section, std::string url) {
  WebTerms web;
  check_url(section, url);
  web.url = std::move(url);
  ConfigSection headers = section.section("headers");
  web.headers = read_pairs(headers);
  for (const auto& [name, value] : web.headers) {
    if (lower_case(name) == "authorization")
      headers.problem(name, "is a secret: give it as token_env or token_file, or among `secrets`");
  }
  web.secret_headers = read_secrets(section.section("secrets"));
  section.read_secret("token", web.token);
  return web;
}

ProgramTerms read_program(ConfigSection& section, std::string command) {
  ProgramTerms program;
  program.command = std::move(command);
  section.read("args", program.arguments);
  program.environment = read_pairs(section.section("env"));
  program.secrets = read_secrets(section.section("secrets"));
  section.read("pass_env", program.pass_environment);
  section.read("folder", program.folder);
  if (!program.folder.empty() && !std::filesystem::is_directory(program.folder))
    section.problem("folder", "'" + program.folder + "' is no folder");
  return program;
}

McpServerSettings read_server(ConfigSection section, const std::string& name) {
  McpServerSettings server;
  server.name = name;
  std::string command;
  std::string url;
  section.read("command", command);
  section.read("url", url);
  if (command.empty() == url.empty()) {
    section.problem("command", "must be given, or `url`, and not both");
  } else if (!command.empty()) {
    server.terms = read_program(section, std::move(command));
  } else {
    std::string transport = "streamable_http";
    section.read_choice("transport", transport, {"streamable_http", "sse"});
    WebTerms web = read_web(section, std::move(url));
    if (transport == "sse") {
      server.terms = SseTerms{std::move(web)};
    } else {
      server.terms = StreamableTerms{std::move(web)};
    }
  }
  section.read("tools", server.tools);
  section.read("timeout_ms", server.timeout, {500, 300'000});
  section.read("calls", server.calls, {1, 64});
  return server;
}

std::string fit_name(std::string_view name) {
  std::string fit(name.substr(0, kMaxNameLength));
  for (char& c : fit) {
    if (kNameCharacters.find(c) == std::string_view::npos) c = '_';
  }
  return fit;
}

std::vector<std::pair<std::string, std::string>> texts_of(const json::object* object) {
  std::vector<std::pair<std::string, std::string>> texts;
  if (object == nullptr) return texts;
  for (const auto& member : *object) {
    const json::value& value = member.value();
    texts.emplace_back(member.key(),
                       value.is_string() ? std::string(value.get_string()) : json::serialize(value));
  }
  return texts;
}

// nullopt: why not is in `problem`. Secrets stand in this file in the open, as they do for the established server.
std::optional<McpServerSettings> from_json(std::string_view name, const json::object& server,
                                           std::string& problem) {
  McpServerSettings settings;
  settings.name = fit_name(name);
  if (const auto command = json::find_string(server, "command"); command && !command->empty()) {
    ProgramTerms program;
    program.command = *command;
    if (const json::array* arguments = json::find_array(server, "args")) {
      for (const json::value& argument : *arguments) {
        program.arguments.emplace_back(argument.is_string() ? std::string(argument.get_string())
                                                            : json::serialize(argument));
      }
    }
    for (auto& [variable, value] : texts_of(json::find_object(server, "env"))) {
      if (is_header_name(variable)) program.secrets.emplace_back(variable, Secret(std::move(value)));
    }
    settings.terms = std::move(program);
    return settings;
  }
  const std::string url(json::find_string(server, "url").value_or(""));
  if (!url_origin(url)) {
    problem = "has neither a command nor a URL";
    return std::nullopt;
  }
  WebTerms web;
  web.url = url;
  for (auto& [header, value] : texts_of(json::find_object(server, "headers"))) {
    if (is_header_name(header) && !has_line_end(value))
      web.secret_headers.emplace_back(header, Secret(std::move(value)));
  }
  if (const auto token = json::find_string(server, "API_ACCESS_TOKEN"); token && !has_line_end(*token))
    web.token = Secret(std::string(*token));
  if (const auto seconds = json::find_int(server, "timeout"); seconds && *seconds > 0)
    settings.timeout =
        std::min(Milliseconds(300'000), Milliseconds(std::min<std::int64_t>(*seconds, 300) * 1000));
  // The established server takes the older form where none is named.
  const std::string_view transport = json::find_string(server, "transport").value_or("sse");
  if (transport == "streamable-http" || transport == "streamable_http" || transport == "http") {
    settings.terms = StreamableTerms{std::move(web)};
  } else {
    settings.terms = SseTerms{std::move(web)};
  }
  return settings;
}

}  // namespace

bool is_server_name(const std::string& name) {
  return !name.empty() && name.size() <= kMaxNameLength &&
         name.find_first_not_of(kNameCharacters) == std::string::npos;
}

std::vector<McpServerSettings> read_mcp_servers(ConfigSection servers) {
  std::vector<McpServerSettings> all;
  for (const std::string& name : servers.children()) {
    if (!is_server_name(name)) servers.problem(name, "must be 1 to 32 of A-Z a-z 0-9 _ -");
    all.push_back(read_server(servers.section(name), name));
    if (all.size() == kMaxMcpServers + 1)
      servers.problem(name, "is one more than " + std::to_string(kMaxMcpServers) + " servers");
  }
  return all;
}

void read_mcp_settings_file(ConfigSection& root, std::string_view key,
                            std::vector<McpServerSettings>& known) {
  std::string path;
  root.read(key, path);
  if (path.empty()) return;
  std::ifstream file(path, std::ios::binary);
  if (!file) return root.problem(key, "'" + path + "' cannot be read");
  std::string text(kMaxSettingsBytes + 1, '\0');
  file.read(text.data(), static_cast<std::streamsize>(text.size()));
  text.resize(static_cast<std::size_t>(file.gcount()));
  const auto parsed = json::parse_object(text, kMaxSettingsBytes);
  if (!parsed) return root.problem(key, "'" + path + "': " + parsed.error().message);
  const json::object* servers = json::find_object(*parsed, "mcpServers");
  if (servers == nullptr) return root.problem(key, "'" + path + "' has no mcpServers");
  for (const auto& member : *servers) {
    const json::object* server = member.value().if_object();
    if (server == nullptr || member.key().empty()) continue;  // a remark
    std::string problem;
    auto settings = from_json(member.key(), *server, problem);
    if (!settings) {
      root.problem(key, "'" + path + "': server '" + std::string(member.key()) + "' " + problem);
    } else if (std::ranges::find(known, settings->name, &McpServerSettings::name) == known.end()) {
      known.push_back(std::move(*settings));
    }
  }
  if (known.size() > kMaxMcpServers)
    root.problem(key, "'" + path + "' names too many servers; " + std::to_string(kMaxMcpServers) + " in all");
}

}  // namespace earshot::worker
