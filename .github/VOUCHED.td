# Who may open pull requests, besides maintainers: a handle a line, sorted, and the reason after a space.
# A minus before it denounces. Maintainers change this list with comments; see CONTRIBUTING.md.
