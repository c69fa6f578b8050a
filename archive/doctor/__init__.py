"""Is an archive sound, and will the next crawl work? Only looks: nothing is written, no lock of a run is held."""

from archive.doctor.examination import examine as examine
from archive.doctor.findings import Finding as Finding
from archive.doctor.findings import Patient as Patient
from archive.doctor.findings import Severity as Severity
