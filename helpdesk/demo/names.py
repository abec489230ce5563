"""Names of people who do not exist, from many places; first names and surnames are combined by chance."""

_FIRST_ENGLISH = """
Abigail Adaeze Aisha Alan Alicia Amara Amelia Andre Anita Anneke Ari Ashwin Audrey Beatrice Ben Bianca Brendan Bryn
Caleb Carmen Cedric Celeste Chidi Chloe Clara Colin Craig Daisy Dale Daniela Darnell Dean Deepa Delia Dennis Dina
Dominic Doris Edith Eleanor Eli Elise Emeka Erin Esther Ethan Evan Fatima Fiona Floyd Frances Gareth Gemma Gita
Gloria Graham Greta Hamza Harriet Hazel Heather Holly Hugo Imani Imogen Irene Isaac Ivy Jamal James Janelle Jared
Jasmine Jia Joan Joel Joyce June Kamal Karen Kavya Keiko Kelechi Kenji Kerry Kwame Lana Latoya Leah Leila Lena Leon
Lila Linh Lorna Lucia Luther Mabel Mairead Maja Marcus Margaret Marisol Marvin Mei Melanie Mina Miriam Monique
Morgan Nadia Naomi Nasreen Neil Nell Nina Noel Oksana Olive Omar Opal Oscar Paloma Parisa Patrice Pearl Peter
Phoebe Quentin Rachel Rafael Rania Ravi Renata Rhys Rita Robin Rohan Rosa Ruth Sade Sanjay Saoirse Selma Shauna
Sheila Silas Simone Soo Stella Sunita Tamsin Tanya Tariq Terence Theo Thuy Tess Uma Valerie Vera Vikram Wanda
Warren Wendy Wesley Willa Winston Yara Yasmin Yolanda Yusuf Zadie Zoe
"""
_FIRST_GERMAN = """
Anja Annika Bastian Birgit Carina Christoph Claudia Daniel Elke Florian Franziska Gerd Heike Holger Ines Jana Jens
Johanna Jonas Judith Katrin Kerstin Lars Lukas Maike Marlene Martin Mirjam Nele Oliver Petra Philipp Ralf Sabine
Sandra Stefan Susanne Svenja Thomas Ulrike Uwe Vanessa
"""
_FIRST_SPANISH = """
Alejandra Andrea Beatriz Camila Carlos Catalina Diego Elena Esteban Fernanda Gabriela Guadalupe Hector Ignacio
Isabel Javier Jimena Jorge Julieta Lorena Manuel Mariana Mateo Mercedes Nicolas Paola Pilar Ramiro Raquel Rocio
Rodrigo Silvia Sofia Tomas Valentina Ximena
"""
_LAST_ENGLISH = """
Abbott Adeleke Akhtar Alder Andersen Appiah Ashworth Bajwa Barlow Beckett Bhatt Birch Blackwood Boateng Bowen
Brannigan Briscoe Calloway Carmody Castle Chandra Cho Clement Coleman Conway Cormack Cresswell Dalton Darby Delgado
Desai Dinh Donnelly Draper Duffy Eastman Ekwueme Ellery Esposito Farrow Fenwick Finch Fletcher Foley Forde Gallo
Garvey Goddard Greer Gupta Hadley Halloran Hargrove Hashimi Hayward Hendry Hollis Huang Hughes Ibrahim Ingram Iyer
Jarvis Jennings Kang Kapoor Keane Kessler Kowalski Lambert Langley Larkin Lindgren Lockhart Mackie Maddox Malik
Marlow Mbeki McBride McKenna Mehta Mercer Montague Moreau Mwangi Nakamura Nash Ngata Nguyen Novak Nwosu Obi Okafor
Okoye Osborne Park Patel Pemberton Penrose Pham Pickering Porter Prescott Quigley Quinn Rahman Redmond Reyes Rooney
Rossi Rowe Sadler Salazar Sato Saunders Sethi Sheridan Sinclair Skinner Stanton Sutherland Tanaka Thackeray Thorne
Tierney Tran Udoh Vance Varga Vaughan Wadsworth Walsh Wardle Weiss Whelan Wilder Winslow Woodruff Yamada Yates
Yilmaz Zielinski
"""
_LAST_GERMAN = """
Arendt Bachmann Baumgart Behrens Brandt Dietrich Ebert Engel Falk Fiedler Gerlach Hahn Heller Hinrichs Jansen
Kaiser Keller Kirsch Kuhn Lorenz Menzel Mertens Neumann Otto Pohl Reuter Richter Sauer Seidel Sommer Steiner Thiel
Ullrich Vogt Wagner Winter Zimmermann
"""
_LAST_SPANISH = """
Aguilar Bravo Cabrera Campos Castillo Cordero Dominguez Escobar Fuentes Gallardo Herrera Ibarra Lozano Maldonado
Medina Molina Navarro Ochoa Ortega Pacheco Paredes Quintero Ramos Rivas Rojas Salinas Santana Soto Trujillo Valdez
Vega Villanueva Zamora
"""
FIRST = {"en": _FIRST_ENGLISH.split(), "de": _FIRST_GERMAN.split(), "es": _FIRST_SPANISH.split()}
LAST = {"en": _LAST_ENGLISH.split(), "de": _LAST_GERMAN.split(), "es": _LAST_SPANISH.split()}
MAIL_HOSTS = ("mail.example", "post.example", "inbox.example", "letterbox.example", "home.example")
STREETS = (
    "{} Maple Street",
    "{} Harbour Road",
    "{} Orchard Lane",
    "{} Mill Hill",
    "{} Station Road, flat {}",
    "{} Cedar Avenue, apt {}",
    "{} Lindenweg",
    "{} Juniper Court",
)

# country, its share, region and time zone, language and its share there
PLACES = (
    ("US", 0.2, "NY", "America/New_York", "en"),
    ("US", 0.13, "MA", "America/New_York", "en"),
    ("US", 0.08, "FL", "America/New_York", "en"),
    ("US", 0.1, "IL", "America/Chicago", "en"),
    ("US", 0.07, "TX", "America/Chicago", "en"),
    ("US", 0.02, "TX", "America/Chicago", "es"),
    ("US", 0.05, "CO", "America/Denver", "en"),
    ("US", 0.12, "CA", "America/Los_Angeles", "en"),
    ("US", 0.03, "CA", "America/Los_Angeles", "es"),
    ("US", 0.05, "WA", "America/Los_Angeles", "en"),
    ("CA", 0.04, "ON", "America/Toronto", "en"),
    ("GB", 0.05, "", "Europe/London", "en"),
    ("DE", 0.045, "", "Europe/Berlin", "de"),
    ("AT", 0.01, "", "Europe/Vienna", "de"),
    ("MX", 0.01, "", "America/Mexico_City", "es"),
)
