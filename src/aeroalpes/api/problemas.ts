import type { Texto } from 'seedwork/dominio/errores.ts'
import type { Explicaciones } from 'seedwork/presentacion/problemas_comunes.ts'

const CORREGIR: Texto = {
  es: 'Corrige el pedido y envíalo otra vez; repetirlo igual no sirve.',
  en: 'Fix the request and send it again; repeating it as it is will not help.',
}
const BUSCAR: Texto = {
  es: 'Busca otra vez: verás el precio de ahora de los mismos vuelos y otros parecidos.',
  en: 'Search again: you will see the current price of the same flights and similar ones.',
}

/** Los códigos de este servicio: cada regla del dominio y cada error de sus rutas. Una prueba exige que no falte ni sobre ninguno. */
export const PROBLEMAS = {
  AsientosDisponibles: {
    significa: {
      es: 'Mientras decidías, otros viajeros tomaron los últimos asientos. No se reservó ni se cobró nada.',
      en: 'While you decided, other travellers took the last seats. Nothing was booked or charged.',
    },
    hacer: {
      es: 'Busca otro vuelo, o viaja con menos personas en éste.',
      en: 'Search for another flight, or travel with fewer people on this one.',
    },
  },
  ItinerarioConOdos: {
    significa: {
      es: 'Un itinerario llegó sin ningún tramo de origen a destino.',
      en: 'An itinerary came without any origin-destination option.',
    },
    hacer: CORREGIR,
  },
  LegsConectados: {
    significa: {
      es: 'Un vuelo sale de donde no llegó el anterior, o antes de que llegue.',
      en: 'A flight departs from where the previous one did not arrive, or before it does.',
    },
    hacer: CORREGIR,
  },
  MinimoUnAdulto: {
    significa: {
      es: 'Ningún pasajero es adulto, y los menores no viajan solos.',
      en: 'No passenger is an adult, and minors do not travel alone.',
    },
    hacer: { es: 'Añade al menos un pasajero de tipo ADULTO.', en: 'Add at least one passenger of type ADULTO.' },
  },
  MinimoUnItinerario: {
    significa: { es: 'La reserva no dice ningún itinerario.', en: 'The reservation has no itinerary.' },
    hacer: CORREGIR,
  },
  OdoConSegmentos: {
    significa: { es: 'Un tramo de origen a destino llegó sin segmentos.', en: 'An origin-destination option came without segments.' },
    hacer: CORREGIR,
  },
  OfertaSinCambios: {
    significa: {
      es: 'Los vuelos cambiaron de precio o de horario desde que se ofrecieron. No se reservó ni se cobró nada.',
      en: 'The flights changed price or schedule since they were offered. Nothing was booked or charged.',
    },
    hacer: BUSCAR,
  },
  OfertaVigente: {
    significa: {
      es: 'Cada precio se sostiene 15 minutos, y ya pasaron. No se reservó ni se cobró nada.',
      en: 'Each price is held for 15 minutes, and they are over. Nothing was booked or charged.',
    },
    hacer: BUSCAR,
  },
  PasajerosDeLaOferta: {
    significa: {
      es: 'Los pasajeros no son tantos, o no son del tipo, que la oferta cotizó.',
      en: 'The passengers are not as many, or not of the kind, that the offer quoted.',
    },
    hacer: {
      es: 'Busca otra vez diciendo cuántos adultos, menores e infantes viajan.',
      en: 'Search again saying how many adults, children and infants travel.',
    },
  },
  RutaValida: {
    significa: { es: 'Un vuelo sale y llega al mismo aeropuerto.', en: 'A flight departs from and arrives at the same airport.' },
    hacer: CORREGIR,
  },
  SalidaAntesDeLlegada: {
    significa: { es: 'Un vuelo llega antes de salir, o al mismo tiempo.', en: 'A flight arrives before it departs, or at the same time.' },
    hacer: CORREGIR,
  },
  SegmentoConLegs: {
    significa: { es: 'Un segmento llegó sin ningún vuelo.', en: 'A segment came without any flight.' },
    hacer: CORREGIR,
  },
  TransicionValida: {
    significa: {
      es: 'La reserva ya no está en el estado que ese cambio necesita: pagar pide que esté aprobada, y una cancelada no cambia más.',
      en: 'The reservation is no longer in the state that change needs: paying needs it approved, and a cancelled one never changes.',
    },
    hacer: {
      es: 'Lee la reserva: sus acciones_disponibles dicen qué se puede pedir ahora.',
      en: 'Read the reservation: its acciones_disponibles say what can be asked now.',
    },
  },
  busqueda_invalida: {
    significa: {
      es: 'Lo que se busca no tiene sentido: cada dato malo viene señalado en errors.',
      en: 'The search does not make sense: each wrong value is pointed at in errors.',
    },
    hacer: { es: 'Corrige los datos señalados y busca otra vez.', en: 'Fix the values pointed at and search again.' },
  },
  cola_llena: {
    significa: {
      es: 'Hay demasiados pedidos sin cumplir y éste no se aceptó: no se prometió nada.',
      en: 'Too many requests are still to be done and this one was not accepted: nothing was promised.',
    },
    hacer: { es: 'Repítelo pasado lo que dice Retry-After.', en: 'Repeat it after what Retry-After says.' },
  },
  localizador_no_encontrado: {
    significa: {
      es: 'Ninguna reserva tiene a la vez ese localizador y ese apellido. No se dice cuál de los dos falla.',
      en: 'No reservation has both that locator and that surname. Which one fails is not told.',
    },
    hacer: {
      es: 'Copia las seis letras del correo y escribe el apellido de uno de los viajeros.',
      en: 'Copy the six letters from the e-mail and write the surname of one of the travellers.',
    },
  },
  oferta_invalida: {
    significa: {
      es: 'El id_oferta no lo firmó este servicio, o llegó cortado.',
      en: 'The id_oferta was not signed by this service, or it came cut short.',
    },
    hacer: { es: 'Usa entero el que vino en los resultados de la búsqueda.', en: 'Use the whole one that came in the search results.' },
  },
  peticion_en_curso: {
    significa: {
      es: 'El mismo pedido, con la misma llave, todavía se está haciendo.',
      en: 'The same request, with the same key, is still being done.',
    },
    hacer: {
      es: 'Espera un momento y repítelo: recibirás la respuesta del primero.',
      en: 'Wait a moment and repeat it: you will get the answer of the first one.',
    },
  },
  reserva_cambiada: {
    significa: {
      es: 'Otro cambio a la misma reserva se guardó antes que éste.',
      en: 'Another change to the same reservation was saved before this one.',
    },
    hacer: { es: 'Lee la reserva otra vez y decide con lo que diga.', en: 'Read the reservation again and decide on what it says.' },
  },
  reserva_no_encontrada: {
    significa: {
      es: 'Esa reserva no existe, o no es de quien pregunta: para él es lo mismo.',
      en: 'That reservation does not exist, or is not the asker’s: to them it is the same.',
    },
    hacer: { es: 'Búscala por su localizador y el apellido de un viajero.', en: 'Look it up by its locator and a traveller’s surname.' },
  },
  sin_espacio: {
    significa: {
      es: 'Al disco de los datos casi no le queda lugar, y el pedido no se aceptó: no se guardó ni se prometió nada.',
      en: 'The data disk has almost no room left and the request was not accepted: nothing was stored or promised.',
    },
    hacer: {
      es: 'Repítelo más tarde; quien opera el servicio tiene que liberar espacio.',
      en: 'Repeat it later; the operator has to free some space.',
    },
  },
  solo_la_aerolinea: {
    significa: {
      es: 'Quien reserva no puede aprobar: eso lo responde la aerolínea.',
      en: 'Whoever books cannot approve: the airline answers that.',
    },
    hacer: {
      es: 'Espera su respuesta, o pide con la credencial de un operador.',
      en: 'Wait for its answer, or ask with an operator’s credential.',
    },
  },
  solo_operadores: {
    significa: {
      es: 'Los mensajes apartados sólo los ve y los devuelve un operador.',
      en: 'Only an operator sees and returns the dead letters.',
    },
    hacer: {
      es: 'Pide con la credencial de operador que imprime npm start.',
      en: 'Ask with the operator credential that npm start prints.',
    },
  },
  token_invalido: {
    significa: { es: 'El token_pagina no es uno de los que da este servicio.', en: 'The token_pagina is not one that this service gives.' },
    hacer: { es: 'Sigue el enlace «next», o empieza por la primera página.', en: 'Follow the “next” link, or start from the first page.' },
  },
} as const satisfies Explicaciones
