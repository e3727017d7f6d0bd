;; Exports nothing of what it is for.
(component)
