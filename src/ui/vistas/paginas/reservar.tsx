import { useEffect, useRef, useState } from 'preact/hooks'
import { Problema, reservar } from '../api.ts'
import { dinero, nombreDelViaje } from '../formato.ts'
import { useIdioma } from '../idioma.tsx'
import { Fallo, Vacio } from '../partes/avisos.tsx'
import { PrecioDeAhora } from '../partes/precio_de_ahora.tsx'
import { Aerolineas, Trayecto } from '../partes/trayecto.tsx'
import { llaveDe } from '../pedido.ts'
import { Enlace, irA } from '../ruta.tsx'
import type { Oferta } from '../tipos.ts'
import { guardarDatos, guardarViaje, leerDatos, leerViaje, OFERTA_VIEJA, type Viaje } from '../viaje.ts'

/** Quién viaja y a dónde se le escribe. Sin haber elegido un vuelo, no hay nada que llenar. */
export const PaginaReservar = ({ cambio }: { cambio: boolean }) => {
  const { t } = useIdioma()
  const [viaje, poner] = useState(leerViaje)
  if (viaje === undefined)
    return (
      <div class="ancho">
        <Vacio titulo={t.sinViaje} unico>
          <Enlace a="/" clase="secundario">
            {t.buscarVuelos}
          </Enlace>
        </Vacio>
      </div>
    )
  const aceptar = (oferta: Oferta) => {
    const nuevo = { ...viaje, oferta }
    guardarViaje(nuevo)
    poner(nuevo)
    irA('/reservar', { reemplazar: true })
  }
  return <Formulario viaje={viaje} cambio={cambio} alAceptar={aceptar} />
}

type Propiedades = Readonly<{ viaje: Viaje; cambio: boolean; alAceptar: (oferta: Oferta) => void }>

/** Pedir dos veces, volver o recargar hace una sola reserva: la llave es de la oferta. */
const Formulario = ({ viaje, cambio, alAceptar }: Propiedades) => {
  const { t, idioma } = useIdioma()
  const { oferta } = viaje
  const [enviando, enviar] = useState(false)
  const [problema, fallar] = useState<Problema>()
  const [revisar, ponerRevisar] = useState(false)
  const minutos = useMinutosHasta(oferta.vence)
  const enCurso = useRef(false)
  const viajeros = oferta.precio.por_pasajero.flatMap(({ tipo, cantidad }) => Array.from({ length: cantidad }, () => tipo))
  useEffect(() => fallar(undefined), [oferta.id_oferta])

  const confirmar = (evento: SubmitEvent) => {
    evento.preventDefault()
    ponerRevisar(true)
    const formulario = evento.currentTarget as HTMLFormElement
    const malo = formulario.querySelector<HTMLInputElement>(':invalid:not(fieldset)')
    if (malo) return malo.focus()
    if (enCurso.current) return
    enCurso.current = true
    enviar(true)
    fallar(undefined)
    const datos = datosDe(formulario)
    guardarDatos(datos)
    reservar(pedidoDe(datos, { oferta, viajeros, idioma }), llaveDe(oferta.id_oferta))
      .then(
        ({ id_reserva, id_operacion }) => irA(`/reserva/${id_reserva}?operacion=${id_operacion}`),
        (error: unknown) => fallar(error instanceof Problema ? error : new Problema(0, {})),
      )
      .finally(() => {
        enCurso.current = false
        enviar(false)
      })
  }

  const motivo = minutos <= 0 ? t.venceYa : motivoDe(problema, t) || (cambio ? t.cambioLaOferta : '')
  return (
    <form class={revisar ? 'ancho dos revisar' : 'ancho dos'} onSubmit={confirmar} noValidate>
      <div>
        <h1>{t.quienViaja}</h1>
        {viajeros.map((tipo, i) => (
          <fieldset key={i} class="tarjeta">
            <legend>
              {t.viajero(i + 1)} · {t.tipos[tipo]}
            </legend>
            <div class="par">
              <Campo nombre={`nombre-${i}`} etiqueta={t.nombre} autocompletar={i === 0 ? 'given-name' : 'off'} falta={t.falta} />
              <Campo nombre={`apellido-${i}`} etiqueta={t.apellido} autocompletar={i === 0 ? 'family-name' : 'off'} falta={t.falta} />
            </div>
          </fieldset>
        ))}
        <fieldset class="tarjeta">
          <legend>{t.contacto}</legend>
          <Campo nombre="correo" etiqueta={t.correo} tipo="email" autocompletar="email" falta={t.correoMal} ayuda={t.correoAyuda} />
        </fieldset>
      </div>
      <aside class="tarjeta resumen">
        <ResumenDelViaje oferta={oferta} />
        {motivo !== '' ? (
          <PrecioDeAhora key={oferta.id_oferta} viaje={viaje} motivo={motivo} enseguida={cambio && minutos > 0} alAceptar={alAceptar} />
        ) : (
          <>
            {problema && <Fallo problema={problema} consecuencia={problema.estado === 0 ? t.repiteSinMiedo : t.noSeReservo} />}
            <button class="principal" type="submit" aria-disabled={enviando}>
              {enviando ? t.reservando : t.reservar}
            </button>
            <p class="quieto" role="status">
              {t.todaviaNoPagas} {t.vence(minutos)}
            </p>
          </>
        )}
      </aside>
    </form>
  )
}

const motivoDe = (problema: Problema | undefined, t: ReturnType<typeof useIdioma>['t']): string =>
  problema !== undefined && OFERTA_VIEJA.includes(problema.codigo) ? t.cambioLaOferta : ''

const ResumenDelViaje = ({ oferta: { odos, precio, condiciones, clase } }: { oferta: Oferta }) => {
  const { t, idioma } = useIdioma()
  return (
    <>
      <h2>{nombreDelViaje(odos)}</h2>
      {odos.map((odo) => (
        <Trayecto key={odo.origen.codigo} odo={odo} conDia />
      ))}
      <Aerolineas odos={odos} />
      <dl>
        <dt>{t.tarifa}</dt>
        <dd>{dinero(precio.base, precio.moneda, idioma)}</dd>
        <dt>{t.impuestos}</dt>
        <dd>{dinero(precio.impuestos, precio.moneda, idioma)}</dd>
        <dt class="total">{t.precioTotal}</dt>
        <dd class="total">
          {dinero(precio.total, precio.moneda, idioma)} <small>{precio.moneda}</small>
        </dd>
      </dl>
      <p class="quieto">
        {t.clases[clase]} · {t.reembolso(condiciones.reembolso_porcentaje)}
      </p>
    </>
  )
}

type Datos = Readonly<Record<string, string>>

const datosDe = (formulario: HTMLFormElement): Datos =>
  Object.fromEntries([...new FormData(formulario)].map(([nombre, valor]) => [nombre, String(valor).trim()]))

const pedidoDe = (
  datos: Datos,
  { oferta, viajeros, idioma }: Readonly<{ oferta: Oferta; viajeros: readonly string[]; idioma: string }>,
) => {
  const pasajeros = viajeros.map((tipo, i) => ({ nombre: datos[`nombre-${i}`], apellido: datos[`apellido-${i}`], tipo }))
  const contacto = { nombre: `${pasajeros[0]?.nombre} ${pasajeros[0]?.apellido}`, correo: datos.correo, idioma }
  return { id_oferta: oferta.id_oferta, pasajeros, contacto }
}

type PropiedadesDeCampo = Readonly<{
  nombre: string
  etiqueta: string
  falta: string
  autocompletar: string
  tipo?: 'text' | 'email'
  ayuda?: string
}>

const Campo = ({ nombre, etiqueta, falta, autocompletar, tipo = 'text', ayuda }: PropiedadesDeCampo) => (
  <div class="campo recuadro">
    <label for={nombre}>{etiqueta}</label>
    <input
      id={nombre}
      name={nombre}
      {...(tipo === 'email' ? { type: 'email' as const } : { type: 'text' as const, list: undefined })}
      required
      maxLength={100}
      defaultValue={leerDatos()[nombre] ?? ''}
      autocomplete={autocompletar as 'off'}
      aria-describedby={`${nombre}-nota`}
    />
    <small id={`${nombre}-nota`}>
      <span class="error solo-invalido">{falta}</span>
      <span class="quieto solo-valido">{ayuda}</span>
    </small>
  </div>
)

const useMinutosHasta = (fecha: string): number => {
  const faltan = () => Math.max(0, Math.ceil((Date.parse(fecha) - Date.now()) / 60_000))
  const [minutos, poner] = useState(faltan)
  useEffect(() => {
    poner(faltan())
    const reloj = setInterval(() => poner(faltan()), 5_000)
    return () => clearInterval(reloj)
  }, [fecha])
  return minutos
}
