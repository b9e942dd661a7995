"""FIELD: words of medical physics and clinical engineering that general dictionaries do not have."""

_WORDS = """
afterloader afterloading aliasing analyser analysers angiogram angiography anthropomorphic applicators
artefact artefacts autoclave autocontour autoradiography backprojection backscatter barcode barcoded
bariatric beamlet beamline becquerel bedside benchmarking bolus brachytherapy bremsstrahlung bunker
bunkers calibrations carcinoma cassettes catphan centigray chemoradiation chemotherapy cineradiography
clinicians collimator collimators colorectal commissioning config contouring contours couchtop
craniocaudal craniospinal cryostat cyclotron dataset datasets defibrillator defibrillators deliverables
detectors detriment diagnostics diathermy dicom diffractometer diode diodes dosemeter dosemeters
dosimeter dosimeters dosimetric dosimetrist dosimetrists dosimetry echogenic elastography electrometer
electrometers electron email emails endoscopy epid fiducial fiducials firewall firmware fluence fluences
fluorescence fluoroscopes fluoroscopic fluoroscopy fractionated fractionation gafchromic gantries gantry
geometries glomerular glovebox gray grays gridded haematology halcyon handheld helical hoists humidifier
hypofractionated hypofractionation immobilisation immobilise infusion intercomparison intercomparisons
interfraction interlock interlocks interobserver intrafraction intranet ionisation ionising isocenter
isocentre isocentric isodose isodoses isotropic jaws kerma kilovoltage laterality lattices leakage linac
linacs login luminance luminescence magnetometer mammogram mammograms mammography manikin megavoltage
metrology microdosimetry microspheres milligray millisievert misadministration modalities modality
monoenergetic multidisciplinary multileaf multimodality nanodosimetry neonates nephrotoxicity neutrons
nonuniformity offline oncologist oncologists oncology online onwards orthovoltage osteoporosis outpatient
outpatients oximeter oximeters pandemic parallax patslide pdf perfusion phantom phantoms phlebotomy
photodiode photodiodes photomultiplier photoneutron piezoelectric pixel pixelated pixels planar
planimetry polarity precession preclinical procurement prostheses prosthesis radiobiology radiochemistry
radiochromic radiographer radiographers radioisotope radioisotopes radiologist radiologists radiology
radionuclide radionuclides radiopharmaceutical radiopharmaceuticals radiopharmacy radiosensitive
radiosurgery radiotherapy recombination reconstructions registrations reproducibility resuspended
retrofit roadmap roentgen rota rotas scintigraphy scintillator scintillators segmentations setpoint
setups sievert simulator sonographer sonographers spectrometer spectrometry spectroscopy spreadsheet
spreadsheets stereotactic subgroup synchrotron syringe syringes technetium telehealth telemetry
theranostics thermoluminescent thyratron timestamp timestamps tomography tomotherapy tourniquet traceable
trainee trainees transducer transducers transrectal ultrasonic ultrasound uncertainties uptime usability
username ventilators volumetric voxel voxels waveguide waveguides webinar webinars website wedges wifi
workaround workarounds workflow workflows workstations
"""

FIELD = frozenset(_WORDS.split())
"""In lower case; plurals are named where they are common."""
