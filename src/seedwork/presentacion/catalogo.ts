import { type DatoInvalido, ErrorDominio, type Texto } from '../dominio/errores.ts'

/** Un error de la orilla: el estado con que responde, qué es (título) y qué se hace (detalle). */
export type EntradaDelCatalogo = Readonly<{ estado: number; titulo: Texto; detalle: Texto }>

const entrada = (estado: number, titulo: Texto, detalle: Texto): EntradaDelCatalogo => ({ estado, titulo, detalle })

const DATOS: Texto = { es: 'Los datos no son válidos', en: 'The data is not valid' }
const CUERPO: Texto = { es: 'El cuerpo no se puede leer', en: 'The body cannot be read' }
const PETICION: Texto = { es: 'La petición está mal formada', en: 'The request is malformed' }
const NO_EXISTE: Texto = { es: 'No existe', en: 'Not found' }
const NO_DISPONIBLE: Texto = { es: 'No disponible por ahora', en: 'Not available for now' }

/** Los errores que nacen en la orilla HTTP, antes de que el dominio vea el pedido. Uno por código. */
export const CATALOGO = {
  json_mal_formado: entrada(400, CUERPO, { es: 'El cuerpo no es JSON en UTF-8.', en: 'The body is not UTF-8 JSON.' }),
  cuerpo_vacio: entrada(400, CUERPO, {
    es: 'Se anuncia un cuerpo JSON y no llegó ninguno.',
    en: 'A JSON body was announced and none arrived.',
  }),
  peticion_mal_formada: entrada(400, PETICION, { es: 'La petición no cumple HTTP.', en: 'The request does not follow HTTP.' }),
  url_mal_formada: entrada(400, PETICION, {
    es: 'La dirección lleva una secuencia % que no se puede leer.',
    en: 'The address carries a % sequence that cannot be read.',
  }),
  ruta_desconocida: entrada(404, NO_EXISTE, { es: 'No hay nada en esta dirección.', en: 'There is nothing at this address.' }),
  no_encontrado: entrada(404, NO_EXISTE, { es: 'Lo que se pide no existe.', en: 'What is asked for does not exist.' }),
  metodo_no_permitido: entrada(
    405,
    { es: 'Método no permitido', en: 'Method not allowed' },
    {
      es: 'La dirección existe, pero no admite este método; vea la cabecera Allow.',
      en: 'The address exists but does not take this method; see the Allow header.',
    },
  ),
  espera_agotada: entrada(
    408,
    { es: 'La petición tardó demasiado', en: 'The request took too long' },
    { es: 'La petición no llegó entera a tiempo.', en: 'The request did not arrive whole in time.' },
  ),
  cuerpo_demasiado_grande: entrada(
    413,
    { es: 'El cuerpo es demasiado grande', en: 'The body is too large' },
    { es: 'El cuerpo pasa del tamaño que se admite.', en: 'The body exceeds the size that is accepted.' },
  ),
  tipo_no_admitido: entrada(
    415,
    { es: 'Tipo de contenido no admitido', en: 'Content type not accepted' },
    { es: 'El cuerpo debe enviarse como application/json.', en: 'The body must be sent as application/json.' },
  ),
  datos_invalidos: entrada(422, DATOS, { es: 'El cuerpo no tiene la forma esperada.', en: 'The body does not have the expected shape.' }),
  parametros_invalidos: entrada(422, DATOS, {
    es: 'Los parámetros o las cabeceras no tienen la forma esperada.',
    en: 'The parameters or headers do not have the expected shape.',
  }),
  json_demasiado_profundo: entrada(422, DATOS, { es: 'El cuerpo anida demasiados niveles.', en: 'The body nests too many levels.' }),
  lista_demasiado_larga: entrada(422, DATOS, { es: 'Una lista tiene demasiados elementos.', en: 'A list has too many items.' }),
  clave_prohibida: entrada(422, DATOS, {
    es: 'El pedido lleva un nombre que no se admite.',
    en: 'The request carries a name that is not accepted.',
  }),
  texto_mal_formado: entrada(422, DATOS, {
    es: 'Un texto lleva caracteres que no se pueden guardar.',
    en: 'A text carries characters that cannot be stored.',
  }),
  cabeceras_demasiado_grandes: entrada(
    431,
    { es: 'Las cabeceras son demasiado grandes', en: 'The headers are too large' },
    { es: 'La dirección y las cabeceras pasan del tamaño que se admite.', en: 'The address and headers exceed the size that is accepted.' },
  ),
  error_interno: entrada(
    500,
    { es: 'Error interno', en: 'Internal error' },
    {
      es: 'Algo falló de nuestro lado. Cite la correlación para que se pueda buscar.',
      en: 'Something failed on our side. Quote the correlation so that it can be found.',
    },
  ),
  tiempo_agotado: entrada(503, NO_DISPONIBLE, { es: 'La respuesta no estuvo a tiempo.', en: 'The answer was not ready in time.' }),
  demasiados_a_la_vez: entrada(503, NO_DISPONIBLE, {
    es: 'Se están atendiendo demasiados pedidos a la vez; éste no se aceptó. Repítelo pasado lo que dice Retry-After.',
    en: 'Too many requests are being served at once; this one was not accepted. Repeat it after what Retry-After says.',
  }),
  cerrando: entrada(503, NO_DISPONIBLE, { es: 'El servicio se está cerrando.', en: 'The service is shutting down.' }),
} as const satisfies Record<string, EntradaDelCatalogo>

export type CodigoDeOrilla = keyof typeof CATALOGO

/** Lo que el catálogo dice de un código, o `undefined` si no es de la orilla. Los nombres heredados no cuentan. */
export const entradaDe = (codigo: string): EntradaDelCatalogo | undefined =>
  Object.hasOwn(CATALOGO, codigo) ? CATALOGO[codigo as CodigoDeOrilla] : undefined

/** Un dato que no se admite, como error de la clase `invalido` con la frase del catálogo. */
export const errorDeOrilla = (codigo: CodigoDeOrilla, errores: readonly DatoInvalido[] = []): ErrorDominio =>
  new ErrorDominio({ codigo, clase: 'invalido', texto: CATALOGO[codigo].detalle, errores })
