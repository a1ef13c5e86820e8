import { useEffect, useRef, useState } from 'preact/hooks'
import { Problema, reservar } from '../api.ts'
import { dinero } from '../formato.ts'
import { useIdioma } from '../idioma.tsx'
import { Fallo, Vacio } from '../partes/avisos.tsx'
import { Aerolineas, Trayecto } from '../partes/trayecto.tsx'
import { llaveDe } from '../pedido.ts'
import { Enlace, irA } from '../ruta.tsx'
import type { Oferta } from '../tipos.ts'

const leerOferta = (): Oferta | undefined => {
  const guardada = sessionStorage.getItem('oferta')
  return guardada === null ? undefined : JSON.parse(guardada)
}

/** Quién viaja y a dónde se le escribe. Pedir dos veces, volver o recargar hace una sola reserva: la llave es de la oferta. */
export const PaginaReservar = () => {
  const { t, idioma } = useIdioma()
  const [oferta] = useState(leerOferta)
  const [enviando, enviar] = useState(false)
  const [problema, fallar] = useState<Problema>()
  const [revisar, ponerRevisar] = useState(false)
  const minutos = useMinutosHasta(oferta?.vence)
  const enCurso = useRef(false)
  if (oferta === undefined)
    return (
      <div class="ancho">
        <Vacio titulo={t.sinVuelos} unico>
          <Enlace a="/" clase="secundario">
            {t.buscarOtraVez}
          </Enlace>
        </Vacio>
      </div>
    )
  const viajeros = oferta.precio.por_pasajero.flatMap(({ tipo, cantidad }) => Array.from({ length: cantidad }, () => tipo))

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
    const datos = new FormData(formulario)
    const texto = (nombre: string) => String(datos.get(nombre) ?? '').trim()
    const pasajeros = viajeros.map((tipo, i) => ({ nombre: texto(`nombre-${i}`), apellido: texto(`apellido-${i}`), tipo }))
    const contacto = { nombre: `${pasajeros[0]?.nombre} ${pasajeros[0]?.apellido}`, correo: texto('correo'), idioma }
    reservar({ id_oferta: oferta.id_oferta, pasajeros, contacto }, llaveDe(oferta.id_oferta))
      .then(
        ({ id_reserva, id_operacion }) => irA(`/reserva/${id_reserva}?operacion=${id_operacion}`),
        (error: unknown) => fallar(error instanceof Problema ? error : new Problema(0, {})),
      )
      .finally(() => {
        enCurso.current = false
        enviar(false)
      })
  }

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
        <Aerolineas odos={oferta.odos} />
        {oferta.odos.map((odo) => (
          <Trayecto key={odo.origen.codigo} odo={odo} conDia />
        ))}
        <dl>
          <dt>{t.tarifa}</dt>
          <dd>{dinero(oferta.precio.base, oferta.precio.moneda, idioma)}</dd>
          <dt>{t.impuestos}</dt>
          <dd>{dinero(oferta.precio.impuestos, oferta.precio.moneda, idioma)}</dd>
          <dt class="total">{t.precioTotal}</dt>
          <dd class="total">
            {dinero(oferta.precio.total, oferta.precio.moneda, idioma)} <small>{oferta.precio.moneda}</small>
          </dd>
        </dl>
        <p class="quieto">{t.reembolso(oferta.condiciones.reembolso_porcentaje)}</p>
        <p class={minutos > 0 ? 'quieto' : 'error'} role="status">
          {minutos > 0 ? t.vence(minutos) : t.venceYa}
        </p>
        {problema && <Fallo problema={problema} consecuencia={problema.estado === 0 ? '' : t.noSeReservo} />}
        {minutos > 0 ? (
          <button class="principal" type="submit" aria-disabled={enviando}>
            {enviando ? t.reservando : t.reservar}
          </button>
        ) : (
          <button class="principal" type="button" onClick={() => history.back()}>
            {t.buscarOtraVez}
          </button>
        )}
        <p class="quieto">{t.todaviaNoPagas}</p>
      </aside>
    </form>
  )
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
      autocomplete={autocompletar as 'off'}
      aria-describedby={`${nombre}-nota`}
    />
    <small id={`${nombre}-nota`}>
      <span class="error solo-invalido">{falta}</span>
      <span class="quieto solo-valido">{ayuda}</span>
    </small>
  </div>
)

const useMinutosHasta = (fecha: string | undefined): number => {
  const faltan = () => (fecha === undefined ? 0 : Math.max(0, Math.ceil((Date.parse(fecha) - Date.now()) / 60_000)))
  const [minutos, poner] = useState(faltan)
  useEffect(() => {
    const reloj = setInterval(() => poner(faltan()), 5_000)
    return () => clearInterval(reloj)
  }, [fecha])
  return minutos
}
