"""Other engines given the same rules and the same cases; each module makes a ``decider`` of the rules.

Left to us before an engine is asked: the history of each key boiled down to the step that holds now (as our facts have it too), denials in
force named by their scope, and the rules cut to those in force and to what a purpose needs. Left out, because no engine has it: parts of
data periods, the moment until which an answer holds, obligations, and the ids of what decided.
"""
