"""When things happen: one timetable a file; what happens stands in the packages below."""
