"""Records what Hugging Face's transformers renders, for Tests/TextTests/ChatTemplateTests.swift.

The templates are ours, written in the manner of the families whose names they bear: the same statements, filters and
tests, the same order of messages, other words. Snippets are single expressions and statements of the language, rendered
by the same environment; those that Jinja refuses are recorded as null.

    python Scripts/record-chat-fixtures.py
"""

import datetime
import itertools
import json
from pathlib import Path

from transformers.utils import chat_template_utils

FIXTURES = Path(__file__).resolve().parent.parent / "Tests/TextTests/Fixtures"


class FixedClock(datetime.datetime):
    @classmethod
    def now(cls, zone=None):
        return cls(2026, 3, 5, 14, 7, 9)


chat_template_utils.datetime = FixedClock

TEMPLATES = {
    "chatml": """{% for message in messages %}{{'<|im_start|>' + message['role'] + '\\n' + message['content'] + '<|im_end|>' + '\\n'}}{% endfor %}
{% if add_generation_prompt %}{{ '<|im_start|>assistant\\n' }}{% endif %}
""",
    "llama3": """{% set loop_messages = messages %}
{% for message in loop_messages %}
{% set content = '<|start_header_id|>' + message['role'] + '<|end_header_id|>\\n\\n' + message['content'] | trim + '<|eot_id|>' %}
{% if loop.index0 == 0 %}{% set content = bos_token + content %}{% endif %}
{{ content }}
{% endfor %}
{% if add_generation_prompt %}{{ '<|start_header_id|>assistant<|end_header_id|>\\n\\n' }}{% endif %}
""",
    "llama31": """{{- bos_token }}
{%- if custom_tools is defined %}
    {%- set tools = custom_tools %}
{%- endif %}
{%- if not tools_in_user_message is defined %}
    {%- set tools_in_user_message = true %}
{%- endif %}
{%- if not date_string is defined %}
    {%- if strftime_now is defined %}
        {%- set date_string = strftime_now("%d %b %Y") %}
    {%- else %}
        {%- set date_string = "26 Jul 2024" %}
    {%- endif %}
{%- endif %}
{%- if not tools is defined %}
    {%- set tools = none %}
{%- endif %}

{#- The system message comes out of the list, so that tools can stand after it. #}
{%- if messages[0]['role'] == 'system' %}
    {%- set system_message = messages[0]['content']|trim %}
    {%- set messages = messages[1:] %}
{%- else %}
    {%- set system_message = "" %}
{%- endif %}

{{- "<|start_header_id|>system<|end_header_id|>\\n\\n" }}
{%- if builtin_tools is defined or tools is not none %}
    {{- "Environment: ipython\\n" }}
{%- endif %}
{%- if builtin_tools is defined %}
    {{- "Tools: " + builtin_tools | reject('equalto', 'code_interpreter') | join(", ") + "\\n\\n"}}
{%- endif %}
{{- "Knowledge ends: December 2023\\n" }}
{{- "Date: " + date_string + "\\n\\n" }}
{%- if tools is not none and not tools_in_user_message %}
    {{- "These functions are there. Answer with JSON to call one." }}
    {{- 'Like this: {"name": name, "parameters": values}.' }}
    {%- for t in tools %}
        {{- t | tojson(indent=4) }}
        {{- "\\n\\n" }}
    {%- endfor %}
{%- endif %}
{{- system_message }}
{{- "<|eot_id|>" }}

{%- if tools_in_user_message and not tools is none %}
    {%- if messages | length != 0 %}
        {%- set first_user_message = messages[0]['content']|trim %}
        {%- set messages = messages[1:] %}
    {%- else %}
        {{- raise_exception("There is no first message of the user to put the tools into") }}
{%- endif %}
    {{- '<|start_header_id|>user<|end_header_id|>\\n\\n' -}}
    {{- "These functions are there.\\n\\n" }}
    {%- for t in tools %}
        {{- t | tojson(indent=4) }}
        {{- "\\n\\n" }}
    {%- endfor %}
    {{- first_user_message + "<|eot_id|>"}}
{%- endif %}

{%- for message in messages %}
    {%- if not (message.role == 'ipython' or message.role == 'tool' or 'tool_calls' in message) %}
        {{- '<|start_header_id|>' + message['role'] + '<|end_header_id|>\\n\\n'+ message['content'] | trim + '<|eot_id|>' }}
    {%- elif 'tool_calls' in message %}
        {%- if not message.tool_calls|length == 1 %}
            {{- raise_exception("One call at a time") }}
        {%- endif %}
        {%- set tool_call = message.tool_calls[0].function %}
        {%- if builtin_tools is defined and tool_call.name in builtin_tools %}
            {{- '<|start_header_id|>assistant<|end_header_id|>\\n\\n' -}}
            {{- "<|python_tag|>" + tool_call.name + ".call(" }}
            {%- for arg_name, arg_val in tool_call.arguments | items %}
                {{- arg_name + '="' + arg_val + '"' }}
                {%- if not loop.last %}
                    {{- ", " }}
                {%- endif %}
                {%- endfor %}
            {{- ")" }}
        {%- else  %}
            {{- '<|start_header_id|>assistant<|end_header_id|>\\n\\n' -}}
            {{- '{"name": "' + tool_call.name + '", ' }}
            {{- '"parameters": ' }}
            {{- tool_call.arguments | tojson }}
            {{- "}" }}
        {%- endif %}
        {%- if builtin_tools is defined %}
            {{- "<|eom_id|>" }}
        {%- else %}
            {{- "<|eot_id|>" }}
        {%- endif %}
    {%- elif message.role == "tool" or message.role == "ipython" %}
        {{- "<|start_header_id|>ipython<|end_header_id|>\\n\\n" }}
        {%- if message.content is mapping or message.content is iterable %}
            {{- message.content | tojson }}
        {%- else %}
            {{- message.content }}
        {%- endif %}
        {{- "<|eot_id|>" }}
    {%- endif %}
{%- endfor %}
{%- if add_generation_prompt %}
    {{- '<|start_header_id|>assistant<|end_header_id|>\\n\\n' }}
{%- endif %}
""",
    "qwen25": """{%- if tools %}
    {{- '<|im_start|>system\\n' }}
    {%- if messages[0]['role'] == 'system' %}
        {{- messages[0]['content'] }}
    {%- else %}
        {{- 'You help.' }}
    {%- endif %}
    {{- "\\n\\n# Tools\\n\\nCall what you need.\\n\\n<tools>" }}
    {%- for tool in tools %}
        {{- "\\n" }}
        {{- tool | tojson }}
    {%- endfor %}
    {{- "\\n</tools>\\n\\nEach call is JSON within <tool_call></tool_call>:\\n<tool_call>\\n{\\"name\\": <name>, \\"arguments\\": <values>}\\n</tool_call><|im_end|>\\n" }}
{%- else %}
    {%- if messages[0]['role'] == 'system' %}
        {{- '<|im_start|>system\\n' + messages[0]['content'] + '<|im_end|>\\n' }}
    {%- else %}
        {{- '<|im_start|>system\\nYou help.<|im_end|>\\n' }}
    {%- endif %}
{%- endif %}
{%- for message in messages %}
    {%- if (message.role == "user") or (message.role == "system" and not loop.first) or (message.role == "assistant" and not message.tool_calls) %}
        {{- '<|im_start|>' + message.role + '\\n' + message.content + '<|im_end|>' + '\\n' }}
    {%- elif message.role == "assistant" %}
        {{- '<|im_start|>' + message.role }}
        {%- if message.content %}
            {{- '\\n' + message.content }}
        {%- endif %}
        {%- for tool_call in message.tool_calls %}
            {%- if tool_call.function is defined %}
                {%- set tool_call = tool_call.function %}
            {%- endif %}
            {{- '\\n<tool_call>\\n{"name": "' }}
            {{- tool_call.name }}
            {{- '", "arguments": ' }}
            {{- tool_call.arguments | tojson }}
            {{- '}\\n</tool_call>' }}
        {%- endfor %}
        {{- '<|im_end|>\\n' }}
    {%- elif message.role == "tool" %}
        {%- if (loop.index0 == 0) or (messages[loop.index0 - 1].role != "tool") %}
            {{- '<|im_start|>user' }}
        {%- endif %}
        {{- '\\n<tool_response>\\n' }}
        {{- message.content }}
        {{- '\\n</tool_response>' }}
        {%- if loop.last or (messages[loop.index0 + 1].role != "tool") %}
            {{- '<|im_end|>\\n' }}
        {%- endif %}
    {%- endif %}
{%- endfor %}
{%- if add_generation_prompt %}
    {{- '<|im_start|>assistant\\n' }}
{%- endif %}
""",
    "qwen3": """{%- if tools %}
    {{- '<|im_start|>system\\n' }}
    {%- if messages[0].role == 'system' %}
        {{- messages[0].content + '\\n\\n' }}
    {%- endif %}
    {{- "# Tools\\n<tools>" }}
    {%- for tool in tools %}
        {{- "\\n" }}
        {{- tool | tojson }}
    {%- endfor %}
    {{- "\\n</tools><|im_end|>\\n" }}
{%- else %}
    {%- if messages[0].role == 'system' %}
        {{- '<|im_start|>system\\n' + messages[0].content + '<|im_end|>\\n' }}
    {%- endif %}
{%- endif %}
{%- set ns = namespace(multi_step_tool=true, last_query_index=messages|length - 1) %}
{%- for message in messages[::-1] %}
    {%- set index = (messages|length - 1) - loop.index0 %}
    {%- if ns.multi_step_tool and message.role == "user" and message.content is string and not(message.content.startswith('<tool_response>') and message.content.endswith('</tool_response>')) %}
        {%- set ns.multi_step_tool = false %}
        {%- set ns.last_query_index = index %}
    {%- endif %}
{%- endfor %}
{%- for message in messages %}
    {%- if message.content is string %}
        {%- set content = message.content %}
    {%- else %}
        {%- set content = '' %}
    {%- endif %}
    {%- if (message.role == "user") or (message.role == "system" and not loop.first) %}
        {{- '<|im_start|>' + message.role + '\\n' + content + '<|im_end|>' + '\\n' }}
    {%- elif message.role == "assistant" %}
        {%- set reasoning_content = '' %}
        {%- if message.reasoning_content is string %}
            {%- set reasoning_content = message.reasoning_content %}
        {%- else %}
            {%- if '</think>' in content %}
                {%- set reasoning_content = content.split('</think>')[0].rstrip('\\n').split('<think>')[-1].lstrip('\\n') %}
                {%- set content = content.split('</think>')[-1].lstrip('\\n') %}
            {%- endif %}
        {%- endif %}
        {%- if loop.index0 > ns.last_query_index %}
            {%- if loop.last or (not loop.last and reasoning_content) %}
                {{- '<|im_start|>' + message.role + '\\n<think>\\n' + reasoning_content.strip('\\n') + '\\n</think>\\n\\n' + content.lstrip('\\n') }}
            {%- else %}
                {{- '<|im_start|>' + message.role + '\\n' + content }}
            {%- endif %}
        {%- else %}
            {{- '<|im_start|>' + message.role + '\\n' + content }}
        {%- endif %}
        {%- if message.tool_calls %}
            {%- for tool_call in message.tool_calls %}
                {%- if (loop.first and content) or (not loop.first) %}
                    {{- '\\n' }}
                {%- endif %}
                {%- if tool_call.function %}
                    {%- set tool_call = tool_call.function %}
                {%- endif %}
                {{- '<tool_call>\\n{"name": "' }}
                {{- tool_call.name }}
                {{- '", "arguments": ' }}
                {%- if tool_call.arguments is string %}
                    {{- tool_call.arguments }}
                {%- else %}
                    {{- tool_call.arguments | tojson }}
                {%- endif %}
                {{- '}\\n</tool_call>' }}
            {%- endfor %}
        {%- endif %}
        {{- '<|im_end|>\\n' }}
    {%- elif message.role == "tool" %}
        {%- if loop.first or (messages[loop.index0 - 1].role != "tool") %}
            {{- '<|im_start|>user' }}
        {%- endif %}
        {{- '\\n<tool_response>\\n' }}
        {{- content }}
        {{- '\\n</tool_response>' }}
        {%- if loop.last or (messages[loop.index0 + 1].role != "tool") %}
            {{- '<|im_end|>\\n' }}
        {%- endif %}
    {%- endif %}
{%- endfor %}
{%- if add_generation_prompt %}
    {{- '<|im_start|>assistant\\n' }}
    {%- if enable_thinking is defined and enable_thinking is false %}
        {{- '<think>\\n\\n</think>\\n\\n' }}
    {%- endif %}
{%- endif %}
""",
    "mistral": """{%- if messages[0]["role"] == "system" %}
    {%- set system_message = messages[0]["content"] %}
    {%- set loop_messages = messages[1:] %}
{%- else %}
    {%- set loop_messages = messages %}
{%- endif %}
{%- if not tools is defined %}
    {%- set tools = none %}
{%- endif %}
{%- set user_messages = loop_messages | selectattr("role", "equalto", "user") | list %}

{%- set ns = namespace() %}
{%- set ns.index = 0 %}
{%- for message in loop_messages %}
    {%- if not (message.role == "tool" or message.role == "tool_results" or (message.tool_calls is defined and message.tool_calls is not none)) %}
        {%- if (message["role"] == "user") != (ns.index % 2 == 0) %}
            {{- raise_exception("Users and assistants take turns here") }}
        {%- endif %}
        {%- set ns.index = ns.index + 1 %}
    {%- endif %}
{%- endfor %}

{{- bos_token }}
{%- for message in loop_messages %}
    {%- if message["role"] == "user" %}
        {%- if tools is not none and (message == user_messages[-1]) %}
            {{- "[AVAILABLE_TOOLS] [" }}
            {%- for tool in tools %}
                {%- set tool = tool.function %}
                {{- '{"type": "function", "function": {' }}
                {%- for key, val in tool.items() if key != "return" %}
                    {%- if val is string %}
                        {{- '"' + key + '": "' + val + '"' }}
                    {%- else %}
                        {{- '"' + key + '": ' + val|tojson }}
                    {%- endif %}
                    {%- if not loop.last %}
                        {{- ", " }}
                    {%- endif %}
                {%- endfor %}
                {{- "}}" }}
                {%- if not loop.last %}
                    {{- ", " }}
                {%- else %}
                    {{- "]" }}
                {%- endif %}
            {%- endfor %}
            {{- "[/AVAILABLE_TOOLS]" }}
            {%- endif %}
        {%- if loop.last and system_message is defined %}
            {{- "[INST] " + system_message + "\\n\\n" + message["content"] + "[/INST]" }}
        {%- else %}
            {{- "[INST] " + message["content"] + "[/INST]" }}
        {%- endif %}
    {%- elif message.tool_calls is defined and message.tool_calls is not none %}
        {{- "[TOOL_CALLS] [" }}
        {%- for tool_call in message.tool_calls %}
            {%- set out = tool_call.function|tojson %}
            {{- out[:-1] }}
            {%- if not tool_call.id is defined or tool_call.id|length != 9 %}
                {{- raise_exception("The id of a call has nine characters") }}
            {%- endif %}
            {{- ', "id": "' + tool_call.id + '"}' }}
            {%- if not loop.last %}
                {{- ", " }}
            {%- else %}
                {{- "]" + eos_token }}
            {%- endif %}
        {%- endfor %}
    {%- elif message["role"] == "assistant" %}
        {{- " " + message["content"]|trim + eos_token}}
    {%- elif message["role"] == "tool_results" or message["role"] == "tool" %}
        {%- if message.content is defined and message.content.content is defined %}
            {%- set content = message.content.content %}
        {%- else %}
            {%- set content = message.content %}
        {%- endif %}
        {{- '[TOOL_RESULTS] {"content": ' + content|string + ", " }}
        {{- '"call_id": "' + message.tool_call_id + '"}[/TOOL_RESULTS]' }}
    {%- else %}
        {{- raise_exception("A role is user, assistant, tool or tool_results") }}
    {%- endif %}
{%- endfor %}
""",
    "gemma": """{{ bos_token }}
{%- if messages[0]['role'] == 'system' -%}
    {%- if messages[0]['content'] is string -%}
        {%- set first_user_prefix = messages[0]['content'] + '\\n\\n' -%}
    {%- else -%}
        {%- set first_user_prefix = messages[0]['content'][0]['text'] + '\\n\\n' -%}
    {%- endif -%}
    {%- set loop_messages = messages[1:] -%}
{%- else -%}
    {%- set first_user_prefix = "" -%}
    {%- set loop_messages = messages -%}
{%- endif -%}
{%- for message in loop_messages -%}
    {%- if (message['role'] == 'user') != (loop.index0 % 2 == 0) -%}
        {{ raise_exception("user, assistant, user, assistant, and so on") }}
    {%- endif -%}
    {%- if (message['role'] == 'assistant') -%}
        {%- set role = "model" -%}
    {%- else -%}
        {%- set role = message['role'] -%}
    {%- endif -%}
    {{ '<start_of_turn>' + role + '\\n' + (first_user_prefix if loop.first else "") }}
    {%- if message['content'] is string -%}
        {{ message['content'] | trim }}
    {%- elif message['content'] is iterable -%}
        {%- for item in message['content'] -%}
            {%- if item['type'] == 'image' -%}
                {{ '<start_of_image>' }}
            {%- elif item['type'] == 'text' -%}
                {{ item['text'] | trim }}
            {%- endif -%}
        {%- endfor -%}
    {%- else -%}
        {{ raise_exception("A content is a text or a list") }}
    {%- endif -%}
    {{ '<end_of_turn>\\n' }}
{%- endfor -%}
{%- if add_generation_prompt -%}
    {{'<start_of_turn>model\\n'}}
{%- endif -%}
""",
    "phi": """{% for message in messages %}{% if message['role'] == 'system' and 'tools' in message and message['tools'] is not none %}{{ '<|' + message['role'] + '|>' + message['content'] + '<|tool|>' + message['tools'] + '<|/tool|>' + '<|end|>' }}{% else %}{{ '<|' + message['role'] + '|>' + message['content'] + '<|end|>' }}{% endif %}{% endfor %}{% if add_generation_prompt %}{{ '<|assistant|>' }}{% else %}{{ eos_token }}{% endif %}""",
    "oss": """{#- A template with macros that call themselves, and a block for what the assistant says. #}
{%- macro render_type(spec, depth=0) -%}
    {%- if spec.type == "object" -%}
        {{- "{" }}
        {%- for name, part in spec.properties.items() %}
            {{- "\\n" + "  " * (depth + 1) + name }}{{ "?" if name not in (spec.required or []) else "" }}: {{ render_type(part, depth + 1) -}}
            {%- if not loop.last %},{% endif -%}
        {%- endfor -%}
        {{- "\\n" + "  " * depth + "}" }}
    {%- elif spec.type == "array" -%}
        {{- render_type(spec["items"], depth) + "[]" -}}
    {%- elif spec.enum is defined -%}
        {{- spec.enum | map("tojson") | join(" | ") -}}
    {%- elif spec.type is sequence and spec.type is not string -%}
        {{- spec.type | join(" or ") -}}
    {%- else -%}
        {{- spec.type | default("any") -}}
    {%- endif -%}
{%- endmacro -%}
{%- macro header(role, channel=none) %}<|start|>{{ role }}{% if channel %}<|channel|>{{ channel }}{% endif %}<|message|>{% endmacro -%}
{%- set model_identity = model_identity | default("A model.", true) -%}
{{- header("system") + model_identity + "\\nToday: " + strftime_now("%Y-%m-%d") + "<|end|>" -}}
{%- if tools -%}
    {{- header("developer") }}
    {%- for tool in tools | map(attribute="function") | sort(attribute="name") %}
        {{- "\\n// " + (tool.description or "no description") | capitalize }}
        {{- "\\ntype " ~ tool.name ~ " = (_: " ~ render_type(tool.parameters) ~ ") => any;" }}
    {%- endfor %}
    {{- "<|end|>" }}
{%- endif -%}
{%- for message in messages -%}
    {%- if message.role == "assistant" -%}
        {%- if "thinking" in message and not loop.last -%}{% continue %}{%- endif -%}
        {%- generation -%}
            {{- header("assistant", "final") + (message.content or "") }}
        {%- endgeneration -%}
        {{- "<|end|>" -}}
    {%- elif message.role == "tool" -%}
        {%- call(kind) quoted("tool", message.name) %}<{{ kind }}>{{ message.content | tojson }}{% endcall -%}
    {%- else -%}
        {{- header(message.role) }}{{ message.content }}<|end|>
    {%- endif -%}
{%- endfor -%}
{%- macro quoted(role, name) %}{{ role }}.{{ name | d("x") }}{{ caller("said") }}<|end|>{% endmacro -%}
{%- if add_generation_prompt -%}<|start|>assistant{%- endif -%}
""".replace("""{%- macro quoted(role, name) %}{{ role }}.{{ name | d("x") }}{{ caller("said") }}<|end|>{% endmacro -%}
{%- if add""", "{%- if add").replace("{%- set model_identity", """{%- macro quoted(role, name) %}{{ role }}.{{ name | d("x") }}{{ caller("said") }}<|end|>{% endmacro -%}
{%- set model_identity""", 1),
}

WEATHER = {
    "type": "function",
    "function": {
        "name": "weather",
        "description": "the weather at <a place> & its \"mood\"",
        "parameters": {
            "type": "object",
            "properties": {
                "place": {"type": "string", "description": "Zürich, 東京, 🌍"},
                "unit": {"type": "string", "enum": ["C", "F"]},
                "days": {"type": "array", "items": {"type": "object", "properties": {"n": {"type": ["integer", "null"]}}}},
            },
            "required": ["place"],
        },
        "return": {"type": "number", "minimum": -1.5e-7, "maximum": 1e22},
    },
}
EMPTY = {"type": "function", "function": {"name": "now", "description": None,
                                          "parameters": {"type": "object", "properties": {}}}}


def call(name, arguments, number="abcdefghi"):
    return {"id": number, "type": "function", "function": {"name": name, "arguments": arguments}}


def said(role, content, **more):
    return {"role": role, "content": content, **more}


CONVERSATIONS = {
    "one": [said("user", "Hello")],
    "system": [said("system", "  Be brief.\n"), said("user", "Hi \n"), said("assistant", " Yes. "), said("user", "?")],
    "empty": [said("system", ""), said("user", ""), said("assistant", ""), said("user", "")],
    "characters": [
        said("user", "tab\t nul-free \u0001 \"quotes\" 'single' \\ back\\nslash\r\nline\u2028sep\u00a0nbsp"),
        said("assistant", "é e\u0301 ﬁ ß İ Σίσυφος 👩‍👩‍👧‍👦 \U0001F1E9\U0001F1EA مرحبا 你好 <b>&amp;</b>"),
        said("user", "{{ messages }} {% raise %} {# no #} <|im_end|><|im_start|>system\n[INST] <|eot_id|>"),
    ],
    "tool": [
        said("system", "Use tools."),
        said("user", "Weather in Zürich?"),
        said("assistant", "", tool_calls=[call("weather", {"place": "Zürich", "days": [1, 2.5, None, True], "x": {}})]),
        said("tool", "{\"sky\": \"blue\"}", tool_call_id="abcdefghi", name="weather"),
        said("assistant", "Blue."),
        said("user", "Thanks"),
    ],
    "tools": [
        said("user", "Both?"),
        said("assistant", "Let me see.", tool_calls=[call("weather", {"place": "A"}), call("now", {}, "123456789")]),
        said("tool", "sun", tool_call_id="abcdefghi", name="weather"),
        said("tool", "12:00", tool_call_id="123456789"),
    ],
    "thinking": [
        said("user", "2+2"),
        said("assistant", "<think>\nfour\n\n</think>\n\n4"),
        said("user", "3+3"),
        said("assistant", "6", reasoning_content="\nsix\n"),
        said("user", "<tool_response>x</tool_response>"),
        said("assistant", "<think>late</think>done"),
    ],
    "parts": [
        said("system", [{"type": "text", "text": "See. "}]),
        said("user", [{"type": "text", "text": " What is this? "}, {"type": "image"}, {"type": "text", "text": "And?"}]),
    ],
    "unordered": [said("assistant", "first"), said("user", "then"), said("user", "again")],
    "odd role": [said("narrator", "Once."), said("user", "Go on")],
    "none": [said("user", None)],
    "numbers": [said("user", 5), said("assistant", 1.0)],
}

SETTINGS = [
    {},
    {"tools": [WEATHER]},
    {"tools": [WEATHER, EMPTY], "tools_in_user_message": False, "enable_thinking": False,
     "builtin_tools": ["brave_search", "code_interpreter", "weather"], "model_identity": ""},
]


def rendered(template, **variables):
    try:
        return chat_template_utils._compile_jinja_template(template).render(**variables)
    except Exception:
        return None


def chats():
    cases = []
    for (family, template), (title, messages) in itertools.product(TEMPLATES.items(), CONVERSATIONS.items()):
        for number, settings in enumerate(SETTINGS):
            if number and title in ("one", "empty", "characters", "unordered", "odd role", "none", "numbers"):
                continue
            for prompt in ((True,) if number or title not in ("one", "system") else (False, True)):
                try:
                    text = chat_template_utils.render_jinja_template(
                        [messages], chat_template=template, add_generation_prompt=prompt,
                        bos_token="<s>", eos_token="</s>", **settings)[0][0]
                except Exception:
                    text = None
                cases.append({"template": family, "conversation": title, "settings": number, "prompt": prompt,
                              "text": text})
    return {"templates": TEMPLATES, "conversations": CONVERSATIONS, "settings": SETTINGS, "cases": cases}


VARIABLES = {
    "zero": 0, "one": 1, "minus": -7, "half": 0.5, "big": 9007199254740993, "yes": True, "no": False, "nothing": None,
    "text": "Hello World", "empty": "", "spaces": " \t a  b \n", "unicode": "Straße ΑΣ ΑΣΑ ǆ éa\u0301 🙂",
    "lines": "a\nb\r\nc\rd\x0be\n\nf\n", "quote": "it's \"so\" \\ \n\x7f\x00\u00ad\U000e0001",
    "list": [3, 1, 2], "words": ["b", "A", "c", "a"], "nested": [[1, [2, "x"]], {"k": [None, True]}], "void": [],
    "map": {"b": 1, "a": {"c": [10, 20]}, "items": "own", "10": "ten"}, "blank": {},
    "people": [{"name": "Bo", "age": 9, "tag": {"x": 1}}, {"name": "al", "age": 7}, {"name": "Cy", "age": 9, "tag": {"x": 0}}],
    "floats": [1e16, 1e15, 123456789.125, 1e-4, 1e-5, 0.1, -0.0, 1e100, 3.0, 2.5e-310, 1.7976931348623157e308],
}


def expressions():
    """Expressions, each of which is written by {{ }}."""
    plain = """
    1 + 2 * 3 | 2 ** 3 ** 2 | -2 ** 2 | 7 // 2 | -7 // 2 | 7 // -2 | -7 % 3 | 7 % -3 | 7 / 2 | 6 / 3 | 7.5 // 2 | -7.5 % 2
    7 % 2.5 | 1e3 | 1.5e-7 | 0.1 + 0.2 | 10 ** 18 | 10 ** -2 | 2 ** 62 | 2 ** 63 - 1 ~ '' | 1 / 0 | 1 % 0 | 1 // 0 | 0 ** -1
    yes + yes | yes * 3 | no - 1 | half * 2 | +yes | -yes | -text | not yes | not not 0 | 1 if 0 else 2 | 1 if 0 | (1 if 0) is defined
    'a' ~ 1 ~ none ~ true ~ 1.0 ~ [1] | 1 ~ 2 + 3 | 'a' + 'b' ~ 'c' | 'a' * 3 | 3 * 'ab' | 'a' * -1 | [1] * 2 | [1] + [2] | (1,) + (2,)
    [1] + (2,) | 'a' + 1 | 1 + 'a' | 'a' 'b' "c" | 1 < 2 < 3 | 1 < 3 < 2 | 1 == 1.0 | 1 == true | '1' == 1 | none == false
    [1, 2] == [1.0, 2] | (1,) == [1] | {'a': 1} == {'a': 1.0} | [1, 2] < [1, 3] | 'a' < 'b' | 'a' < 1 | none < 1 | 'Z' < 'a'
    'a' in 'cat' | '' in '' | 1 in 'cat' | 1 in [1, 2] | '1' in [1] | 'b' in map | 'c' not in map | 1 in none | 'a' in missing
    missing | missing.x | missing['x'] | missing + 1 | missing ~ 'x' | missing == missing | missing == none | missing is defined
    missing < 1 | not missing | missing or 'or' | missing and 'and' | missing() | -missing | missing[0:1] | map.missing | map.missing.x
    map['b'] | map.b | map.a.c[1] | map.a['c'].0 | map['items'] | map.get('b') | map.get('z') | map.get('z', 5) | map[1] | map['10']
    list[0] | list[-1] | list[5] | list[-9] | list['x'] | list.0 | list[1:] | list[::-1] | list[:-1] | list[0:3:2] | list[-2:] | list[10:] | list[::0]
    text[0] | text[-1] | text[1:4] | text[::-1] | text[::2] | text[5:2] | text[-3:] | text[100] | unicode[::-1]
    (1, 2) | (1,) | () | [] | {} | [1, [2, (3,)]] | {'a': [1, 'b'], 2: none} | {'a': 1, 'a': 2} | {1: 'x', true: 'y'} | {[]: 1}
    nested | map | quote | [quote] | ["it's"] | ['"'] | ['\\'"'] | [unicode] | floats | big | [1.0, none, true, 'x'] | [missing]
    text.upper() | text.lower() | text.title() | text.capitalize() | unicode.upper() | unicode.lower() | unicode.title() | unicode.capitalize()
    'hello wORLD-foo_bar 3rd'.title() | "don't".title() | spaces.strip() ~ '.' | spaces.lstrip() ~ '.' | spaces.rstrip() ~ '.' | 'xxaxx'.strip('x') | 'abcba'.strip('ab')
    'abc'.rstrip('cb') | 'abc'.lstrip('ba') | spaces.split() | 'a,b,,c'.split(',') | 'a,b,,c'.split(',', 1) | ' a b  c '.split(none, 1) | ''.split() | ''.split(',')
    'aaa'.split('aa') | 'a b c'.rsplit(' ', 1) | 'aaa'.rsplit('aa') | ' a b '.rsplit(none, 1) | 'a'.split('') | lines.splitlines() | lines.splitlines(true)
    'abc'.startswith('ab') | 'abc'.endswith('bc') | 'abc'.startswith(('x', 'a')) | 'abc'.startswith('abcd') | 'abc'.endswith('') | 'abc'.startswith(1)
    'aXbX'.replace('X', 'yy') | 'aXbX'.replace('X', '', 1) | 'ab'.replace('', '-') | 'ab'.replace('', '-', 2) | 'aaa'.replace('aa', 'b') | 'abc'.find('c') | 'abc'.find('z') | 'abc'.find('')
    'banana'.count('an') | 'aaa'.count('aa') | ''.count('') | 'abc'.count('') | ','.join(['a', 'b']) | ','.join([1]) | ','.join('abc') | ','.join({'x': 1, 'y': 2})
    'abc'.removeprefix('ab') | 'abc'.removesuffix('bc') | 'abc'.removeprefix('x') | '12'.isdigit() | '1.2'.isdigit() | ''.isdigit() | '²'.isdigit() | 'ab'.isalpha() | 'a1'.isalnum() | ' '.isspace()
    'AB'.isupper() | 'Ab'.isupper() | 'ab1'.islower() | '1'.islower() | 'abc'.nope() | 'abc'.nope | list.index(1) | list.count(3) | list.index(9) | list.append(1) | map.update({}) | map.pop
    map.keys()|list | map.values()|list|length | map.items()|list|first | map.items()|length | blank.items()|list | map.keys()|join(',')
    """
    filters = """
    text|upper; text|lower; text|title; text|capitalize; 'hello wORLD-foo_bar (x) [y] {z} <w>'|title; unicode|title; unicode|upper; unicode|lower; unicode|capitalize
    spaces|trim ~ '.'; 'xxaxx'|trim('x'); none|trim; missing|trim; 5|trim; text|length; unicode|length; list|length; map|length; missing|length; 5|length; none|length; list|count
    list|first; list|last; void|first; void|last; text|first; text|last; map|first; map|last; missing|first; 5|first; list|map('string')|first; list|map('string')|last
    list|join; list|join(', '); words|join('-'); people|join(', ', attribute='name'); map|join(','); missing|join('x'); 5|join; [1,none,true,2.5]|join('|'); 'abc'|join('.')
    list|sort; words|sort; words|sort(case_sensitive=true); list|sort(reverse=true); people|sort(attribute='age')|map(attribute='name')|list; people|sort(attribute='age', reverse=true)|map(attribute='name')|list; [1,'a']|sort; people|sort(attribute='age,name')|map(attribute='name')|list
    map|dictsort; map|dictsort(true); {'b':1,'A':2}|dictsort; {'b':1,'A':2}|dictsort(true); {'b':2,'a':1,'c':0}|dictsort(by='value'); {'b':2,'a':1}|dictsort(reverse=true); {'b':2}|dictsort(by='x'); list|dictsort
    list|list; text|list; map|list; missing|list; none|list; 5|list; list|reverse|list; text|reverse; map|reverse|list; list|reverse|length; missing|reverse|list
    5|string; none|string; missing|string ~ '.'; 1.0|string; true|string; [1]|string; '5'|int; '5.7'|int; 'x'|int; 'x'|int(9); 3.9|int; -3.9|int; none|int; true|int; ' 12 '|int; '1e3'|int; ''|int; [1]|int(7); '1_000'|int; missing|int
    '5'|float; 'x'|float; 'x'|float(1.5); 3|float; none|float; '1e3'|float; 'inf'|float; ' 2.5 '|float; true|float; 3.7|round; 2.5|round; 3.14159|round(2); 3.7|round(method='floor'); 3.2|round(method='ceil'); 5|round; 1.25|round(1); 5|round(1, 'floor'); 'a'|round
    -5|abs; 5.5|abs; -half|abs; 'a'|abs; true|abs; list|sum; people|sum(attribute='age'); list|sum(start=10); [0.1, 0.2]|sum; words|sum; void|sum; list|min; list|max; words|min; words|max; words|max(case_sensitive=true); void|min; people|max(attribute='age'); people|min(attribute='age')
    words|unique|list; ['a','A','a','b']|unique|list; ['a','A']|unique(case_sensitive=true)|list; [1,1.0,true,2]|unique|list; people|unique(attribute='age')|map(attribute='name')|list; [[1]]|unique|list
    missing|default('d'); none|default('d'); ''|default('d', true); 0|d('d', boolean=true); text|default('d'); missing|default; map.zz|default('q'); missing.x|default('q')
    'aXbX'|replace('X', '-'); 'aXbX'|replace('X', '-', 1); 5|replace(5, 6); 'ab'|replace('', '-'); text|replace('o'); missing|replace('a','b') ~ '.'
    'a\\nb\\n\\nc'|indent; 'a\\nb\\n\\nc'|indent(2, true); 'a\\nb\\n\\nc'|indent(2, blank=true); 'a\\nb'|indent('> ', first=true); ''|indent(2) ~ '.'; 'a\\n'|indent ~ '.'
    '<a & "b" \\'c\\'>'|e; '<a>'|escape; '<a>'|safe; 'a b  c-d_e f'|wordcount; people[0]|attr('name'); text|attr('zz')
    list|map('string')|list; words|map('upper')|list; people|map(attribute='name')|list; people|map(attribute='tag.x')|list; people|map(attribute='tag.x', default='?')|list; people|map(attribute='zz')|list; [[1,2],[3,4]]|map(attribute=1)|list; [[1,2],[3,4]]|map(attribute='0')|list; list|map|list; list|map('zz')|list; void|map('zz')|list; words|map('replace', 'a', 'z')|list; words|map('default', 'x')|join; list|map(attribute='x')|list
    list|select('odd')|list; list|reject('odd')|list; list|select|list; [0,1,'',none]|select|list; [0,1,'',none]|reject|list; list|select('gt', 1)|list; list|select('in', [1,2])|list; list|select('zz')|list; words|select('equalto', 'a')|list; words|reject('equalto', 'a')|list; missing|select|list
    people|selectattr('tag')|map(attribute='name')|list; people|rejectattr('tag')|map(attribute='name')|list; people|selectattr('age', 'equalto', 9)|map(attribute='name')|list; people|selectattr('tag.x', 'eq', 1)|map(attribute='name')|list; people|selectattr('tag', 'defined')|list|length; people|selectattr|list; people|selectattr('age', 'gt', 8)|map(attribute='name')|join(','); people|selectattr('name', 'string')|first
    map|items|list; missing|items|list; list|items|list; map|items|length; map|items|first; (list|map('string')) is iterable; (list|map('string')) is sequence; 1 if (void|map('string')) else 2; 1 if (void|map('string')|list) else 2
    map|tojson; nested|tojson; quote|tojson; unicode|tojson; floats|tojson; '</script>&<b>\\u2028'|tojson; none|tojson; true|tojson; 1.0|tojson; missing|tojson; (1,2)|tojson; {1:2, none:3, true:4, 1.5:5}|tojson; {}|tojson; []|tojson; {'a':[]}|tojson(indent=2); map|tojson(indent=2); nested|tojson(indent=4); map|tojson(indent='--'); map|tojson(sort_keys=true); unicode|tojson(ensure_ascii=true); map|tojson(separators=(',', ':')); map|tojson(indent=2, separators=(', ', '='));  nested|tojson(indent=0); map|tojson(false, 1); range(3)|tojson; (list|map('string'))|tojson; quote|tojson(true); 'ab'|tojson|length
    text|zz; text|upper('x'); text|length(1); text|join|upper|lower; text|default(text|upper); -1|abs; (-1)|abs; - 1|abs; 2 * 3|string; 'a' ~ 'b'|upper; not 0|length; text|upper is upper; 1 + 2|float
    """
    tests = """
    1 is number; true is number; 'a' is number; 1.0 is number; none is number; true is boolean; 1 is boolean; 1 is integer; true is integer; 1.0 is integer; 1.0 is float; 1 is float; 'a' is string; 1 is string; none is none; missing is none; missing is undefined; nothing is defined; map.zz is defined; map.b is defined
    map is mapping; list is mapping; list is sequence; text is sequence; map is sequence; (1,) is sequence; none is sequence; 5 is sequence; missing is sequence; range(2) is sequence; map.items() is sequence; list is iterable; text is iterable; map is iterable; none is iterable; 5 is iterable; missing is iterable; map.items() is iterable; range(2) is iterable
    3 is odd; 4 is odd; 4 is even; 3 is even; -3 is odd; 2.0 is even; 'a' is even; 6 is divisibleby 3; 7 is divisibleby(3); 7 is divisibleby 0; 1 is eq 1; 1 is equalto 2; 1 is ne 2; 1 is lt 2; 1 is lessthan 2; 1 is le 1; 1 is gt 2; 1 is greaterthan 0; 1 is ge 1; 1 is == 1; 'a' is in 'abc'; 1 is in [1]; 1 is in(list); none is sameas none; true is sameas true; 1 is sameas true
    true is true; 1 is true; false is false; 0 is false; 'ab' is lower; 'AB' is upper; 'Ab' is lower; 1 is upper; 'upper' is filter; 'zz' is filter; 'odd' is test; 'zz' is test; range is callable; text.upper is callable; text is callable; missing is callable; 'x' is escaped; 1 is zz; 1 is not none; 1 is not number; not 1 is number; 1 is number and 2 is string; 1 is number or zz.x; 1 is odd is true; missing is not defined and yes; text is string in [true]
    1 is odd(2); 1 is divisibleby; 1 is none(1); 3 is not divisibleby 2; list is string or list is iterable; map.a is mapping and map.a.c is sequence; 2 + 1 is odd; (2 + 1) is odd; 'a' ~ 'b' is string
    """
    found = []
    for line in plain.strip().splitlines():
        found += [part.strip() for part in line.split(" | ")]
    # An inline filter needs its bar without spaces above, so these are parted by semicolons.
    for block in (filters, tests):
        for line in block.strip().splitlines():
            found += [part.strip() for part in line.split(";")]
    return [f"{{{{ {expression} }}}}" for expression in found]


STATEMENTS = [
    "a\n", "a\n\n", "a\r\nb\rc", "{{ 'a\r\nb' }}", "{# note #}\nx", "x {# note #} y", "  {# note #}  \n y", "{#- note -#}  x", "x  {#- note #}\n y", "{# {{ x }} {% y %} #}z",
    "  {% if 1 %}\n  a\n  {% endif %}\nb", "  {%+ if 1 %}\n  a\n  {%+ endif %}\nb", "  {% if 1 +%}\n  a\n  {% endif +%}\nb", "x {% if 1 %} y {% endif %} z", "x\n {%- if 1 -%} \n y \n {%- endif -%} \n z",
    "\t{% if 1 %}\tx\t{% endif %}\t\ny", "{{ 1 }}\n{{ 2 }}\n", " {{- 1 -}} \n {{ 2 -}} \n\n 3", "{{ 1 }}  \n  {% if 1 %}x{% endif %}", "{% if 1 %}\n{% if 1 %}\n  x\n{% endif %}\n{% endif %}\n", "{% raw %}{{ x }} {% y %}{% endraw %}z", "a {% raw -%}  {{ x }}  {%- endraw %}  z", "{%- raw -%}\n {# x #}\n{%- endraw -%}\n z", "  {% raw %}\n x\n  {% endraw %}\ny", "{% raw %}{% endraw", "{{ '%}' }}{% if '%}' %}x{% endif %}", "{{ {'a': {'b': 1}} }}", "{{ {'a': {'b': 1}}.a.b}}", "{ { x } } {", "a{b}c%}d}}e", "{{ \"a\\tb\\x41\\u00e9\\U0001F642\\101\\q\\\\\" }}", "{{ 'a\\\nb' }}", "{{ '\\'' }}{{ \"\\\"\" }}",
    "{% for x in list %}{{ x }}{% endfor %}", "{% for x in list %}{{ loop.index }}{{ loop.index0 }}{{ loop.revindex }}{{ loop.revindex0 }}{{ loop.first }}{{ loop.last }}{{ loop.length }}{{ loop.depth }}{{ loop.depth0 }};{% endfor %}", "{% for x in list %}{{ loop.previtem }}<{{ x }}>{{ loop.nextitem }} {% endfor %}", "{% for x in list %}{{ loop.cycle('a', 'b') }}{% endfor %}", "{% for x in [1,1,2,2,1] %}{{ loop.changed(x) }} {% endfor %}",
    "{% for x in void %}a{% else %}none{% endfor %}", "{% for x in list %}a{% else %}none{% endfor %}", "{% for x in missing %}a{% else %}none{% endfor %}", "{% for x in none %}a{% endfor %}", "{% for x in 5 %}a{% endfor %}", "{% for c in text %}{{ c }}.{% endfor %}", "{% for k in map %}{{ k }}{% endfor %}", "{% for k, v in map.items() %}{{ k }}={{ v }};{% endfor %}", "{% for k, v in map|items %}{{ k }}={{ v }};{% endfor %}", "{% for k, v in map|dictsort %}{{ k }}={{ v }};{% endfor %}", "{% for a, (b, c) in [[1, [2, 3]]] %}{{ a }}{{ b }}{{ c }}{% endfor %}", "{% for a, b in [[1, 2, 3]] %}{{ a }}{% endfor %}", "{% for a, b in [1] %}{{ a }}{% endfor %}", "{% for (a, b) in [[1, 2]] %}{{ a }}{{ b }}{% endfor %}", 
    "{% for x in list if x > 1 %}{{ x }}{{ loop.index }}/{{ loop.length }} {% endfor %}", "{% for x in list if x > 5 %}a{% else %}e{% endfor %}", "{% for x in list %}{% if x == 1 %}{% continue %}{% endif %}{{ x }}{% endfor %}", "{% for x in list %}{% if x == 1 %}{% break %}{% endif %}{{ x }}{% else %}e{% endfor %}", "{% break %}", "{% for x in list %}{% for y in list %}{% if y == 1 %}{% break %}{% endif %}{{ x }}{{ y }}{{ loop.depth }} {% endfor %}{% endfor %}", "{% for x in list %}{% for y in [1] %}{{ loop.length }}{% endfor %}{{ loop.length }}{% endfor %}", "{{ loop }}", "{{ loop.index }}", "{% for x in list %}{% endfor %}{{ x }}", "{% for x in 'ab', 'cd' %}{{ x }};{% endfor %}", "{% for x in range(3) %}{{ x }}{% endfor %}", "{% for x in range(5, 1, -2) %}{{ x }}{% endfor %}", "{{ range(3) | list }}{{ range(2)[1] }}{{ range(4)|length }}", "{{ range(1, 1)|list }}{{ range(3, 0)|list }}", "{{ range(0, 5, 0) }}", "{{ range(100000)|length }}", "{{ range(100001)|length }}", "{{ range('a') }}", "{{ range() }}", "{% for x in range(2, 9, 3) %}{{ x }}{% endfor %}", "{{ range(2.0) }}", "{{ 3 in range(5) }}",
    "{% for x in list recursive %}{{ x }}{% endfor %}" if False else "{% for x in list %}{{ loop.zz }}{% endfor %}",
    "{% set x = 1 %}{{ x }}", "{% set x, y = 1, 2 %}{{ y }}{{ x }}", "{% set x = 1, 2 %}{{ x }}", "{% set x = 1 if 0 else 2 %}{{ x }}", "{% set x %}a{{ 1 }}b{% endset %}{{ x }}{{ x|length }}", "{% set x | upper %}ab{% endset %}{{ x }}", "{% set x | replace('a', 'z') | upper %}ab{% endset %}{{ x }}", "{% set x = 1 %}{% for i in [1] %}{% set x = 2 %}{{ x }}{% endfor %}{{ x }}", "{% set x = 1 %}{% if 1 %}{% set x = 2 %}{% endif %}{{ x }}", "{% for i in [1,2] %}{{ x }}{% set x = i %}{{ x }}{% endfor %}{{ x }}", "{% set ns = namespace(x=1) %}{% for i in [1,2] %}{% set ns.x = ns.x + i %}{% endfor %}{{ ns.x }}", "{% set ns = namespace({'a': 1}, b=2) %}{{ ns.a }}{{ ns.b }}{{ ns.c }}.", "{% set ns = namespace() %}{% set ns.a = [] %}{% set ns.a = ns.a + [1] %}{{ ns.a }}{{ ns['a'] }}", "{% set map.x = 1 %}{{ map.x }}", "{% set zz.x = 1 %}", "{% set ns = namespace() %}{% set ns._x = 1 %}", "{{ namespace(_x=1) }}", "{% set ns = namespace(items=1) %}{{ ns.items }}", "{% set x = 1 %}{% set x %}{% set x = 2 %}{{ x }}{% endset %}{{ x }}", "{% set true = 1 %}", "{% set x = %}", "{% set x == 1 %}", "{{ x = 1 }}", "{{ dict(a=1, b=2) }}", "{{ dict([['a', 1]]) }}", "{{ dict({'a': 1}, b=2) }}",
    "{% if 0 %}a{% elif 1 %}b{% else %}c{% endif %}", "{% if 0 %}a{% elif 0 %}b{% else %}c{% endif %}", "{% if missing %}a{% else %}b{% endif %}", "{% if void or blank or '' or 0 or 0.0 or none %}a{% else %}b{% endif %}", "{% if list and map and text %}a{% endif %}", "{% if not list %}a{% endif %}b", "{% if 1 %}", "{% endif %}", "{% if %}{% endif %}", "{% if 1 %}{% endfor %}", "{% for x in list %}{% endif %}{% endfor %}", "{% zz %}", "{% %}", "{{ }}", "{{", "{%", "{# x", "{{ 1 + }}", "{{ (1 }}", "{{ 1) }}", "{{ [1 }}", "{{ 'a }}", "{{ a..b }}", "{{ 1 2 }}", "{{ a b }}", "{{ |upper }}", "{{ 1|}}", "{{ 1 is }}", "{{ not }}", "{{ 01 }}", "{{ $ }}", "{% if 1 %}a{% else %}b{% else %}c{% endif %}", "{% else %}", "{{ x.1a }}", "{{ a.b.c.d|default('q') }}",
    "{% macro m(a, b=2) %}{{ a }}-{{ b }};{% endmacro %}{{ m(1) }}{{ m(1, 3) }}{{ m(b=4, a=5) }}{{ m() }}", "{% macro m(a) %}{{ a is defined }}{% endmacro %}{{ m() }}{{ m(none) }}", "{% macro m() %}{{ varargs }}{{ kwargs }}{% endmacro %}{{ m(1, 2, x=3) }}", "{% macro m(a) %}{% endmacro %}{{ m(1, 2) }}", "{% macro m(a) %}{% endmacro %}{{ m(b=2) }}", "{% macro m(a) %}{% endmacro %}{{ m(1, a=2) }}", "{% macro f(n) %}{{ n }}{% if n > 0 %}{{ f(n - 1) }}{% endif %}{% endmacro %}{{ f(5) }}", "{% macro m() %}{{ x }}{% endmacro %}{% set x = 5 %}{{ m() }}", "{% macro m() %}{% set x = 9 %}{{ x }}{% endmacro %}{% set x = 5 %}{{ m() }}{{ x }}", "{% macro m() %}{{ i }}{% endmacro %}{% for i in list %}{{ m() }}.{% endfor %}", "{% for i in list %}{% macro m() %}{{ i }}{% endmacro %}{{ m() }}{% endfor %}", "{% macro m(x) %}{{ x }}{{ caller() }}{% endmacro %}{% call m(1) %}body{% endcall %}", "{% macro m() %}{{ caller(1, 2) }}{% endmacro %}{% call(a, b=3) m() %}{{ a }}{{ b }}{% endcall %}", "{% macro m() %}{{ caller is defined }}{% endmacro %}{{ m() }}", "{% macro m() %}a{% endmacro %}{{ m() ~ 'b' | upper }}{{ m()|length }}", "{% macro m() %}{% endmacro %}{{ m() is string }}{{ m is callable }}{{ m.name }}", "{{ m() }}{% macro m() %}a{% endmacro %}", "{% macro m(a, b=a) %}{{ b }}{% endmacro %}{{ m(3) }}", "{% macro m(a=1, b) %}{% endmacro %}", "{% macro m(items) %}{% for i in items %}{{ loop.index }}{{ i }}{% endfor %}{% endmacro %}{{ m(words) }}", "{% macro m() %}{% if 1 %}{% for x in list %}{% if x == 1 %}{% break %}{% endif %}{{ x }}{% endfor %}{% endif %}{% endmacro %}[{{ m() }}]", "{% call 1 %}{% endcall %}", "{% for x in list %}{% macro m() %}{% break %}{% endmacro %}{% endfor %}",
    "{% filter upper %}a{{ text }}{% endfilter %}", "{% filter replace('a', 'b') | upper %}aa{% endfilter %}", "{% with %}{% set x = 1 %}{{ x }}{% endwith %}{{ x }}", "{% with x = 1, y = 2 %}{{ x }}{{ y }}{% endwith %}{{ x }}", "{% set x = 0 %}{% with x = 1, y = x %}{{ x }}{{ y }}{% endwith %}", "{% generation %}{{ text }}{% endgeneration %}", "a\n  {%- generation -%}\n x \n {%- endgeneration -%}\n b", "{% generation %}{% set x = 1 %}{% endgeneration %}{{ x }}", "{% set x = 1 %}{% generation %}{{ x }}{% set x = 2 %}{{ x }}{% endgeneration %}{{ x }}", "{% for x in list %}{% generation %}{{ x }}{{ loop.index }}{% endgeneration %}{% endfor %}", "{% include 'x' %}", "{% import 'x' as y %}", "{% extends 'x' %}", "{% block a %}x{% endblock %}" if False else "{% do 1 %}",
    "{{ raise_exception('no') }}", "{{ raise_exception() }}", "{{ strftime_now('%Y-%m-%d %H:%M:%S') }}", "{{ strftime_now('%d %b %Y %B %A %a %j %y %m %e %I %p %% %u %w') }}", "{{ strftime_now is defined }}", "{{ strftime_now }}" if False else "{{ strftime_now('') }}.", "{{ 1, 2 }}", "{{ (1, 2)[0] }}", "{{ [1, 2, ] }}", "{{ {'a': 1, } }}", "{{ (1, ) }}", "{{ [1, 2][0] ~ {'a': 3}['a'] ~ 'xyz'[1] }}", "{{ 'abc'.upper().lower()[1:]|upper }}", "{{ ('a' if 1 else 'b') ~ 'c' }}", "{{ 'a' if 1 else 'b' ~ 'c' }}", "{{ 'a' if 0 else 'b' if 0 else 'c' }}", "{{ 1 if 1 }}{{ 1 if 0 }}.", "{{ [1,2,3][-1:][0] }}", "{{ not 1 == 2 }}", "{{ 1 not in [1] }}", "{{ (not 1) in [false] }}", "{{ 1 in [1] in [true] }}", "{{ 1 == 1 == 1 }}", "{{ 2 > 1 > 0 and 1 }}", "{{ 0 or '' or 'x' and 'y' }}", "{{ 1 and 0 or 2 }}", "{{ none or missing }}.", "{{ true and none }}", "{{ -1 ** 2 }}{{ - -1 }}{{ +1 }}", "{{ 2 - -1 }}{{ 2--1 }}", "{{ 1 - 1 - 1 }}{{ 8 / 4 / 2 }}{{ 2 * 3 % 4 }}", "{{ 'a' 'b'|upper }}", "{{ 5 * 'ab'|length }}", "{{ text.split(' ')[0].lower() + '!' }}", "{{ map.a.c | join('+') }}", "{{ map.get('a').get('c')[0] }}", "{{ map.a.c.index(20) }}", "{{ 'x' is string and 'x' in 'xyz' }}", "{{ messages is not defined }}", "{{ people | map(attribute='name') | map('lower') | sort | join(',') }}", "{% set g = list | map('string') %}{{ g | join }}{{ g | join }}.", "{% set g = list | select('odd') %}{% for x in g %}{{ x }}{{ loop.length }}{{ loop.last }}{% endfor %}{% for x in g %}again{% endfor %}", "{% for k, v in people[0].items() %}{{ k }}:{{ v }}{{ ',' if not loop.last }}{% endfor %}", "{{ map.items() | map('first') | list }}", "{{ people | selectattr('tag', 'defined') | map(attribute='tag') | list | tojson }}", "{{ [people[0].name, people[1]['name']] | join(' & ') }}", "{{ '%s' % 1 }}" if False else "{{ 5 % 3 }}", "{{ caller }}.", "{{ self }}" if False else "{{ varargs }}.", "{{ __class__ }}.", "{{ text.__class__ }}", "{{ text['__class__'] }}", "{{ ''.__class__.__mro__ }}", "{{ map.__len__() }}", "{{ (1).bit_length }}." if False else "{{ 1 .x }}.",
]


def snippets():
    cases = []
    for template in dict.fromkeys(expressions() + STATEMENTS):
        cases.append({"template": template, "text": rendered(template, **VARIABLES)})
    return {"variables": VARIABLES, "cases": cases}


def write(name, content):
    FIXTURES.mkdir(parents=True, exist_ok=True)
    text = json.dumps(content, ensure_ascii=True, indent=0)
    (FIXTURES / name).write_text(text + "\n")
    refused = sum(case["text"] is None for case in content["cases"])
    print(f"{name}: {len(content['cases'])} cases, {refused} of them refused, {len(text)} bytes")


if __name__ == "__main__":
    write("chat-templates.json", chats())
    write("chat-snippets.json", snippets())
