import type { Texto } from '../dominio/errores.ts'

/** Lo que cuenta la página de un código: qué significa y qué se puede hacer. */
export type Explicacion = Readonly<{ significa: Texto; hacer: Texto }>
export type Explicaciones = Readonly<Record<string, Explicacion>>

const REPETIR: Texto = {
  es: 'Repite el mismo pedido, con la misma Idempotency-Key, pasado lo que diga Retry-After.',
  en: 'Repeat the same request, with the same Idempotency-Key, after what Retry-After says.',
}
const AVISAR: Texto = {
  es: 'Avisa a quien opera el servicio y cítale la referencia del error.',
  en: 'Tell whoever runs the service and quote the reference of the error.',
}

/** Los códigos que nacen en el seedwork, fuera de la orilla HTTP. */
export const PROBLEMAS_COMUNES = {
  actor_invalido: {
    significa: {
      es: 'La firma de X-Actor no es nuestra, venció o está mal escrita.',
      en: 'The X-Actor signature is not ours, has expired or is malformed.',
    },
    hacer: {
      es: 'Pide otra credencial, o quita la cabecera para pedir como anónimo.',
      en: 'Get another credential, or drop the header to ask anonymously.',
    },
  },
  almacen_cerrado: {
    significa: {
      es: 'El servicio se está cerrando y ya no guarda nada.',
      en: 'The service is shutting down and no longer stores anything.',
    },
    hacer: REPETIR,
  },
  almacen_con_fallas: {
    significa: { es: 'El almacén falló y este pedido no se guardó.', en: 'The store failed and this request was not saved.' },
    hacer: REPETIR,
  },
  almacen_mas_nuevo: {
    significa: {
      es: 'Los datos los escribió una versión más nueva de este programa.',
      en: 'The data was written by a newer version of this program.',
    },
    hacer: { es: 'Arranca esa versión, o usa otra carpeta de datos.', en: 'Start that version, or use another data folder.' },
  },
  almacen_ocupado: {
    significa: {
      es: 'Otro proceso tuvo tomado el almacén demasiado tiempo; no se guardó nada.',
      en: 'Another process held the store for too long; nothing was saved.',
    },
    hacer: REPETIR,
  },
  almacen_saturado: {
    significa: {
      es: 'Hay demasiados pedidos esperando para guardarse; éste no se aceptó.',
      en: 'Too many requests are waiting to be saved; this one was not accepted.',
    },
    hacer: REPETIR,
  },
  broker_ausente: {
    significa: {
      es: 'El broker del que se lee no contesta; se vuelve a intentar solo.',
      en: 'The broker being read does not answer; it is tried again by itself.',
    },
    hacer: { es: 'Espera: en cuanto vuelva, sigue desde donde iba.', en: 'Wait: once it is back, it goes on from where it was.' },
  },
  demasiados_intentos: {
    significa: {
      es: 'Se probó demasiadas veces en poco tiempo; así nadie adivina lo que no es suyo.',
      en: 'There were too many attempts in a short time; this keeps others from guessing.',
    },
    hacer: { es: 'Espera lo que dice Retry-After y vuelve a probar.', en: 'Wait for what Retry-After says and try again.' },
  },
  disco_lleno: {
    significa: {
      es: 'No queda espacio para guardar; el pedido no se hizo.',
      en: 'There is no space left to store; the request was not done.',
    },
    hacer: AVISAR,
  },
  esquema_incompatible: {
    significa: {
      es: 'Un mensaje cambió de forma y quien ya lo lee no lo entendería.',
      en: 'A message changed shape and those who already read it would not understand.',
    },
    hacer: {
      es: 'Añade campos con valor por defecto en vez de cambiar los que hay.',
      en: 'Add fields with a default instead of changing the existing ones.',
    },
  },
  esquema_invalido: {
    significa: { es: 'Lo que se quiso registrar no es un esquema Avro.', en: 'What was to be registered is not an Avro schema.' },
    hacer: { es: 'Corrige el esquema: el detalle dice dónde falla.', en: 'Correct the schema: the detail says where it fails.' },
  },
  fila_danada: {
    significa: {
      es: 'Lo guardado no es lo que se escribió: el disco lo cambió. No se muestra, ni se decide con ello.',
      en: 'What is stored is not what was written: the disk changed it. It is not shown, and nothing is decided with it.',
    },
    hacer: AVISAR,
  },
  llave_reutilizada: {
    significa: {
      es: 'Esa Idempotency-Key ya se usó con otro pedido distinto.',
      en: 'That Idempotency-Key was already used for a different request.',
    },
    hacer: { es: 'Usa una llave nueva para cada pedido distinto.', en: 'Use a new key for each different request.' },
  },
  mensaje_indescifrable: {
    significa: { es: 'Un mensaje no se puede leer con ningún esquema conocido.', en: 'A message cannot be read with any known schema.' },
    hacer: { es: 'Mira los mensajes apartados: está ahí, con la causa.', en: 'Look at the dead letters: it is there, with its cause.' },
  },
  mensaje_mal_declarado: {
    significa: {
      es: 'Un tópico declara sus mensajes de una forma que no se sostiene.',
      en: 'A topic declares its messages in a way that does not hold.',
    },
    hacer: { es: 'Corrige la declaración del tópico que nombra el error.', en: 'Fix the declaration of the topic that the error names.' },
  },
  operacion_no_encontrada: {
    significa: {
      es: 'Esa operación no existe, o la pidió alguien más.',
      en: 'That operation does not exist, or someone else asked for it.',
    },
    hacer: {
      es: 'Usa la dirección que vino en Location al aceptarse el pedido.',
      en: 'Use the address that came in Location when the request was accepted.',
    },
  },
  plazo_vencido: {
    significa: { es: 'Algo tardó más de lo que se le deja y se abandonó.', en: 'Something took longer than allowed and was given up.' },
    hacer: {
      es: 'No hagas nada: se repite solo, y si no puede queda entre los apartados.',
      en: 'Do nothing: it repeats by itself, and if it cannot it ends in the dead letters.',
    },
  },
  posicion_perdida: {
    significa: {
      es: 'Lo que seguía a esa posición ya no se conserva, o es de otra historia.',
      en: 'What followed that position is no longer kept, or belongs to another history.',
    },
    hacer: { es: 'Lee el estado de ahora y empieza a escuchar de nuevo.', en: 'Read the current state and start listening again.' },
  },
  proceso_cambiado: {
    significa: {
      es: 'Dos mensajes movieron a la vez el mismo proceso; este paso no se guardó.',
      en: 'Two messages moved the same process at once; this step was not saved.',
    },
    hacer: { es: 'No hagas nada: el paso se repite solo.', en: 'Do nothing: the step repeats by itself.' },
  },
  pulsar_no_disponible: {
    significa: {
      es: 'Apache Pulsar no contesta, o dice que ahora no puede.',
      en: 'Apache Pulsar does not answer, or says that it cannot right now.',
    },
    hacer: { es: 'Espera: lo aceptado se guarda y sale cuando vuelva.', en: 'Wait: what was accepted is kept and leaves once it is back.' },
  },
  resultado_desconocido: {
    significa: {
      es: 'El almacén falló al confirmar: no se sabe si el pedido quedó guardado.',
      en: 'The store failed while committing: it is not known whether the request was saved.',
    },
    hacer: REPETIR,
  },
  suscripcion_ocupada: {
    significa: {
      es: 'La suscripción es exclusiva y ya tiene quien la consuma.',
      en: 'The subscription is exclusive and already has its consumer.',
    },
    hacer: { es: 'Detén al otro consumidor, o usa otra suscripción.', en: 'Stop the other consumer, or use another subscription.' },
  },
} as const satisfies Explicaciones
